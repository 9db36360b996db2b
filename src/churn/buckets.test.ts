import { describe, expect, it } from "vitest";
import { bucketCount } from "./action.ts";
import { boundsOf, bucketsHolding, isSliceCount, rangeOf, slicesFor } from "./buckets.ts";

describe("slices of buckets", () => {
  it("are one up to 200,000 users, and then as few as hold at most as many each", () => {
    const counts = [0, 1, 200_000, 200_001, 400_001, 1_000_000, 10_000_000, 51_200_000].map((users) =>
      slicesFor(users),
    );
    expect(counts).toEqual([1, 1, 1, 2, 4, 8, 64, 256]);
  });

  it("are at most as many as there are buckets, or as is said", () => {
    expect(slicesFor(1e12)).toBe(bucketCount);
    expect(slicesFor(1e12, { most: 16 })).toBe(16);
    expect(slicesFor(9, { each: 4, most: 16 })).toBe(4);
  });

  it("hold every bucket once, in ranges of one size", () => {
    for (const count of [1, 2, 16, 256]) {
      expect(isSliceCount(count)).toBe(true);
      const buckets = Array.from({ length: count }, (_, slice) => rangeOf(slice, count)).flatMap((range) => {
        expect(range.beforeBucket - range.fromBucket).toBe(bucketCount / count);
        return Array.from({ length: range.beforeBucket - range.fromBucket }, (_, i) => range.fromBucket + i);
      });
      expect(buckets).toEqual(Array.from({ length: bucketCount }, (_, bucket) => bucket));
    }
    expect([0, 3, 100, 257, 512, 1.5].filter(isSliceCount)).toEqual([]);
  });

  it("hold about as many users as are wanted, at least those of one and at most all", () => {
    expect([100, 200_000, 800_000, 1e9].map((users) => bucketsHolding(200_000, users))).toEqual([256, 256, 64, 1]);
    expect(bucketsHolding(Number.POSITIVE_INFINITY, 0)).toBe(256);
  });

  it("have no bounds where they hold everything", () => {
    expect(boundsOf({})).toBeUndefined();
    expect(boundsOf(rangeOf(0, 1))).toBeUndefined();
    expect(boundsOf({ fromBucket: 3 })).toEqual({ from: 3, before: bucketCount });
    expect(boundsOf(rangeOf(1, 4))).toEqual({ from: 64, before: 128 });
  });
});
