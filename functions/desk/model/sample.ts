import { bucketCount } from "#churn/action.ts";
import { type BucketRange, bucketsHolding } from "#churn/buckets.ts";

/** Some of the users: always the same ones, drawn by the hash that divides users into buckets. */
export interface Sample {
  readonly range: BucketRange;
  /** Their share among all users, 0 … 1. */
  readonly share: number;
}

/** Users whose histories are read while someone waits: a second or two. */
export const mostWhileWaiting = 3_000;

/** As many whole buckets as hold about `most` of `users` users, and at least one; all where they are no more. */
export function sampleOf(users: number, most: number): Sample {
  const buckets = bucketsHolding(most, users);
  return { range: { fromBucket: 0, beforeBucket: buckets }, share: buckets / bucketCount };
}
