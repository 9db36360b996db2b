import { type BucketRange, boundsOf } from "#churn/buckets.ts";

/** SQL for the rows whose `bucket` is in the range. */
export function inBuckets(range: BucketRange): string {
  const bounds = boundsOf(range);
  return bounds === undefined ? "true" : `bucket >= ${bounds.from} AND bucket < ${bounds.before}`;
}
