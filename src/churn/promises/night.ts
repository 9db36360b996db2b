import * as z from "zod";
import { bucketOf } from "../action.ts";

/**
 * The users of a list are divided into this many groups, by a hash of their id: the same on every night. Nights share most
 * of their users, so what tells how certain a figure is are groups of users, not lists (see deleteOneInterval).
 */
export const groupCount = 32;

/** The group of a user: 0 … groupCount - 1. */
export function groupOf(userId: string): number {
  return bucketOf(userId) % groupCount;
}

const byGroup = <Value extends z.ZodType>(value: Value) => z.array(value).length(groupCount);

/** How good an order of a night's users is, the riskiest first. */
const rankingSchema = z.strictObject({
  /** How many of those who left were in the riskiest tenth. Users of equal risk share the last places. */
  reached: z.number(),
  /** The same without each group. */
  reachedWithout: byGroup(z.number()),
  /** Of all users; null where all or none left. */
  auc: z.number().nullable(),
  /** The same without each group. */
  aucWithout: byGroup(z.number().nullable()),
});

/**
 * What one version promised of one snapshot's users, and what happened, in sums over each group: enough to compare any
 * number of nights, with intervals, without reading their users again. It names no user.
 */
export const nightSchema = z.strictObject({
  /** Users who were here, so were given a probability. */
  users: byGroup(z.int()),
  /** The sum of their probabilities: how many were promised to leave. */
  promised: byGroup(z.number()),
  /** How many left. */
  left: byGroup(z.int()),
  /** The sum of their log losses, in nats. */
  loss: byGroup(z.number()),
  // By their probabilities.
  ...rankingSchema.shape,
  /** By the days since their last own action alone. Nights that were judged before this was recorded lack it. */
  recency: rankingSchema.optional(),
});

export type Ranking = z.infer<typeof rankingSchema>;

export type Night = z.infer<typeof nightSchema>;
