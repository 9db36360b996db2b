import { bucketCount } from "../action.ts";
import type { BucketRange } from "../buckets.ts";
import { fnv1a, uniform } from "../hash.ts";

/** Users whose histories are read at most: who is here at one of 24 snapshots only makes more rows than are kept. */
const mostUsers = 250_000;
/** Actions of theirs at most: Elasticsearch streams the user-days of 10 M in 40 s (docs/stores.md). */
const mostActions = 25_000_000;

export interface Sample {
  /** Whose histories are read. */
  readonly range: BucketRange;
  /** Which share of the users of these buckets is learned from: 1, or less where a single bucket holds too many. */
  readonly share: number;
  /** About how many users are learned from. */
  readonly users: number;
}

/**
 * Whose histories a model is trained and judged on, decided before any is read: everybody's, or of a larger log those of the first
 * buckets, so that time and memory do not grow with it. Where one bucket alone is too much, some of its users: `isSampled`. Both go by
 * hashes of the user id, so that the users are like all others; they are the same every night.
 */
export function sampleOf({ users, actions }: { readonly users: number; readonly actions: number }): Sample {
  const share = Math.min(mostUsers / users, mostActions / actions);
  if (share >= 1) return { range: {}, share: 1, users };
  const buckets = Math.floor(share * bucketCount);
  if (buckets === 0)
    return {
      range: { fromBucket: 0, beforeBucket: 1 },
      share: share * bucketCount,
      users: Math.round(share * users),
    };
  const range = { fromBucket: 0, beforeBucket: buckets };
  return { range, share: 1, users: Math.round((users * buckets) / bucketCount) };
}

/** Whether a user of the sample's buckets is learned from: by another hash than that which the buckets go by. */
export function isSampled(userId: string, { share }: Sample): boolean {
  return share >= 1 || uniform(fnv1a(`sample\0${userId}`)) < share;
}
