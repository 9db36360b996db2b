import { bucketCount } from "../action.ts";
import type { BucketRange } from "../buckets.ts";

/** Users whose histories are read at most: who is here at one of twelve snapshots only makes more rows than are kept. */
const mostUsers = 250_000;
/** Actions of theirs at most: Elasticsearch streams the user-days of 10 M in 40 s (docs/stores.md). */
const mostActions = 25_000_000;

export interface Sample {
  /** Whose histories are read. */
  readonly range: BucketRange;
  /** About how many users that are. */
  readonly users: number;
}

/**
 * Whose histories a model is trained and judged on, decided before any is read: everybody's, or of a larger log those of the first
 * buckets, so that time and memory do not grow with it. A bucket is chosen by a hash of the user id, so that its users are like
 * all others; they are the same every night. At least one bucket is read whole.
 */
export function sampleOf({ users, actions }: { readonly users: number; readonly actions: number }): Sample {
  const share = Math.min(mostUsers / users, mostActions / actions);
  if (share >= 1) return { range: {}, users };
  const buckets = Math.max(1, Math.floor(share * bucketCount));
  return { range: { fromBucket: 0, beforeBucket: buckets }, users: Math.round((users * buckets) / bucketCount) };
}
