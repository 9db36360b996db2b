import { describe, expect, it } from "vitest";
import { bucketCount, bucketOf } from "../action.ts";
import { isSampled, sampleOf } from "./sample.ts";

describe("the sample that is read for training", () => {
  it("is everybody up to 250,000 users with 25 M actions", () => {
    expect(sampleOf({ users: 4_000, actions: 480_000 })).toEqual({ range: {}, share: 1, users: 4_000 });
    expect(sampleOf({ users: 250_000, actions: 25_000_000 })).toEqual({ range: {}, share: 1, users: 250_000 });
  });

  it("is bounded in users and in actions, whichever are more", () => {
    expect(sampleOf({ users: 1_000_000, actions: 20_000_000 })).toEqual({
      ...{ range: { fromBucket: 0, beforeBucket: 64 }, share: 1, users: 250_000 },
    });
    expect(sampleOf({ users: 200_000, actions: 100_000_000 })).toEqual({
      ...{ range: { fromBucket: 0, beforeBucket: 64 }, share: 1, users: 50_000 },
    });
    for (const users of [260_000, 777_777, 5e6, 6e7, 1e8, 1e9]) {
      const sample = sampleOf({ users, actions: 30 * users });
      // As many as are chosen of those that are read.
      const { fromBucket = 0, beforeBucket = bucketCount } = sample.range;
      expect(sample.users / users).toBeCloseTo((sample.share * (beforeBucket - fromBucket)) / bucketCount, 5);
      expect(sample.users).toBeLessThanOrEqual(250_000);
      expect(sample.users * 30).toBeLessThanOrEqual(25_000_000);
      expect(sample.users).toBeGreaterThan(100_000);
    }
  });

  it("is a part of one bucket where that holds too many, by another hash of the user ids, the same every time", () => {
    // A bucket of 390,625 users with 94 M actions.
    const sample = sampleOf({ users: 100e6, actions: 24_000e6 });
    expect(sample).toEqual({ range: { fromBucket: 0, beforeBucket: 1 }, share: 25 / 93.75, users: 104_167 });
    for (const id of [(n: number) => `user-${n}`, (n: number) => `${1e9 + n}`, (n: number) => `${n}@example.com`]) {
      const all = Array.from({ length: 500_000 }, (_, n) => id(n));
      const inBucket = all.filter((userId) => bucketOf(userId) === 0);
      expect(inBucket.length).toBeGreaterThan(1_500);
      const chosen = inBucket.filter((userId) => isSampled(userId, sample));
      expect(chosen.length / inBucket.length).toBeCloseTo(sample.share, 1);
      expect(chosen).toEqual(inBucket.filter((userId) => isSampled(userId, sample)));
    }
    expect(isSampled("anybody", sampleOf({ users: 1_000, actions: 1_000 }))).toBe(true);
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
