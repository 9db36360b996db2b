import { bucketCount } from "#churn/action.ts";
import { type BucketRange, bucketsHolding } from "#churn/buckets.ts";

/** Some of the users: always the same ones, drawn by the hash that divides users into buckets. */
export interface Sample {
  readonly range: BucketRange;
  /** Their share among all users, 0 … 1. */
  readonly share: number;
}

export const everyone: Sample = { range: { fromBucket: 0, beforeBucket: bucketCount }, share: 1 };

/** Users who are judged while someone waits, */
const mostJudged = 3_000;
/** among as many whose histories are passed over: a second or two together. */
const mostPassed = 30_000;

/** What can be read while someone waits, where `judged` of all `users` are looked at: those who are here, or were on a list. */
export function sampleWhileWaiting(judged: number, users: number): Sample {
  const [some, all] = [sampleOf(judged, mostJudged), sampleOf(users, mostPassed)];
  return some.share < all.share ? some : all;
}

/** As many whole buckets as hold about `most` of `users` users, and at least one; all where they are no more. */
export function sampleOf(users: number, most: number): Sample {
  const buckets = bucketsHolding(most, users);
  return { range: { fromBucket: 0, beforeBucket: buckets }, share: buckets / bucketCount };
}
