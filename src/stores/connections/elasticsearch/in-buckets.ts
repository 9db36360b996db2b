import { type BucketRange, boundsOf } from "#churn/buckets.ts";
import type { Query } from "./search.ts";

/** Every document whose `lapse.bucket` is in the range. */
export function inBuckets(range: BucketRange): Query {
  const bounds = boundsOf(range);
  return bounds === undefined
    ? { match_all: {} }
    : { range: { "lapse.bucket": { gte: bounds.from, lt: bounds.before } } };
}
