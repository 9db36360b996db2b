import { describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { nightsRead } from "./promised/nights-read.ts";
import { sampleOf, sampleWhileWaiting } from "./sample.ts";

describe("sampleOf", () => {
  it("takes whole buckets with about as many users as are wanted", () => {
    const sample = sampleOf(1_000_000, 125_000);
    expect(sample).toMatchObject({ share: 0.125, range: { fromBucket: 0, beforeBucket: 32 } });
    const users = Array.from({ length: 4_000 }, (_, i) => `user-${i}`);
    const within = users.filter((userId) => bucketOf(userId) < 32);
    expect(within.length / users.length).toBeCloseTo(sample.share, 1);
  });

  it("takes all of few users, and at least one bucket of very many", () => {
    expect(sampleOf(100, 3_000).share).toBe(1);
    expect(sampleOf(100, Number.POSITIVE_INFINITY).share).toBe(1);
    expect(sampleOf(0, 3_000).share).toBe(1);
    expect(sampleOf(1e9, 10).range.beforeBucket).toBe(1);
  });
});

describe("sampleWhileWaiting", () => {
  it("takes all of a few thousand users who are looked at, however many others there are within reason", () => {
    expect(sampleWhileWaiting(3_000, 25_000).share).toBe(1);
    expect(sampleWhileWaiting(6_000, 25_000).share).toBe(0.5);
    expect(sampleWhileWaiting(3_000, 120_000).share).toBe(0.25);
  });
});

describe("nightsRead", () => {
  it("takes all of few nights, and eight of many, spread evenly", () => {
    expect(nightsRead([3, 5])).toEqual([3, 5]);
    expect(nightsRead([])).toEqual([]);
    expect(nightsRead(Array.from({ length: 80 }, (_, i) => i))).toEqual([5, 15, 25, 35, 45, 55, 65, 75]);
  });
});
