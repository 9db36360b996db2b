import { bucketCount } from "./action.ts";

/** Some of the buckets that users are divided into, by `bucketOf`. */
export interface BucketRange {
  /** First bucket, inclusive (0 … 255); all by default. */
  readonly fromBucket?: number | undefined;
  /** Last bucket, exclusive. */
  readonly beforeBucket?: number | undefined;
}

/** The range with its bounds, which are within 0 … 256; undefined where it holds every bucket. */
export function boundsOf({ fromBucket = 0, beforeBucket = bucketCount }: BucketRange): Bounds | undefined {
  return fromBucket <= 0 && beforeBucket >= bucketCount ? undefined : { from: fromBucket, before: beforeBucket };
}

/** From the first bucket to the one before the second. */
export interface Bounds {
  readonly from: number;
  readonly before: number;
}

/** Users of one slice: with 1,500 a second, a slow store, it takes a fifth of the 600 s that a request may last. */
const usersEach = 200_000;

export interface SliceOptions {
  /** How many of what is counted one slice may hold: 200,000 by default. */
  readonly each?: number;
  /** The most slices; as many as there are buckets by default. */
  readonly most?: number;
}

/** How many slices so much work is cut into: a power of two, so that each has as many whole buckets as any other. */
export function slicesFor(users: number, { each = usersEach, most = bucketCount }: SliceOptions = {}): number {
  let slices = 1;
  while (slices < most && users > slices * each) slices *= 2;
  return slices;
}

/** Whether work can be cut into this many equal slices: 1, 2, 4 … 256. */
export function isSliceCount(count: number): boolean {
  return count >= 1 && bucketCount % count === 0;
}

/** The buckets of one of `slices` slices, the first of which is number 0. */
export function rangeOf(
  slice: number,
  slices: number,
): Required<BucketRange> & { fromBucket: number; beforeBucket: number } {
  const width = bucketCount / slices;
  return { fromBucket: slice * width, beforeBucket: (slice + 1) * width };
}

/** How many whole buckets hold about `most` of `users` users: at least one, and all where they are no more. */
export function bucketsHolding(most: number, users: number): number {
  return Math.min(bucketCount, Math.max(1, Math.floor((bucketCount * most) / Math.max(1, users))));
}
