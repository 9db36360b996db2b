import { describe, expect, it } from "vitest";
import { bucketCount, bucketOf } from "../action.ts";
import { sampleOf } from "./sample.ts";

describe("the sample that is read for training", () => {
  it("is everybody up to 250,000 users with 25 M actions", () => {
    expect(sampleOf({ users: 4_000, actions: 480_000 })).toEqual({ range: {}, users: 4_000 });
    expect(sampleOf({ users: 250_000, actions: 25_000_000 })).toEqual({ range: {}, users: 250_000 });
  });

  it("is bounded in users and in actions, whichever are more", () => {
    expect(sampleOf({ users: 1_000_000, actions: 20_000_000 })).toEqual({
      ...{ range: { fromBucket: 0, beforeBucket: 64 }, users: 250_000 },
    });
    expect(sampleOf({ users: 200_000, actions: 100_000_000 })).toEqual({
      ...{ range: { fromBucket: 0, beforeBucket: 64 }, users: 50_000 },
    });
    for (const users of [260_000, 777_777, 5e6, 6e7]) {
      const sample = sampleOf({ users, actions: 30 * users });
      expect(sample.users).toBeLessThanOrEqual(250_000);
      expect(sample.users * 30).toBeLessThanOrEqual(25_000_000);
      expect(sample.users).toBeGreaterThan(100_000);
    }
  });

  it("holds at least one bucket", () => {
    const sample = sampleOf({ users: 1e9, actions: 1e11 });
    expect(sample).toEqual({ range: { fromBucket: 0, beforeBucket: 1 }, users: Math.round(1e9 / bucketCount) });
  });

  it("takes about its share of the users, whatever their ids are like", () => {
    const { range } = sampleOf({ users: 1_000_000, actions: 1_000_000 });
    for (const id of [(n: number) => `user-${n}`, (n: number) => `${1e9 + n}`, (n: number) => `${n}@example.com`]) {
      const taken = Array.from({ length: 20_000 }, (_, n) => bucketOf(id(n))).filter(
        (bucket) => bucket < (range.beforeBucket ?? bucketCount),
      );
      expect(taken.length / 20_000).toBeCloseTo(0.25, 1);
    }
  });
});
