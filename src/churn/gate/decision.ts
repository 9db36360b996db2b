import * as z from "zod";
import { estimateSchema } from "../model/estimate.ts";

/** What a model is compared with. */
const checkSchema = z.object({
  check: z.enum(["plain rate", "recency alone", "champion"]),
  passed: z.boolean(),
  /** In words and numbers. */
  verdict: z.string(),
  /**
   * Its log loss less that of what it is compared with: below 0, it is better. With a 95 % interval, or, against the
   * champion, with one of three standard errors.
   */
  difference: estimateSchema,
});

/** Why the newest data look broken, by which nothing is promoted. */
export const frozenCauses = ["champion_loss", "volume", "mix"] as const;

const frozenSchema = z.object({
  cause: z.enum(frozenCauses),
  /** In words and numbers. */
  verdict: z.string(),
});

/** Whether the champion still deserves its place. */
const standingSchema = z.object({
  stands: z.boolean(),
  /** Whether that was judged anew, because its proof was old or had shown too little. */
  reexamined: z.boolean(),
  verdict: z.string(),
});

/** Why a version was or was not put into service, against the champion of that moment on the same test rows. */
export const decisionSchema = z.object({
  promoted: z.boolean(),
  /** In words. */
  reason: z.string(),
  /** The champion's version; null when there was none. */
  champion: z.string().nullable(),
  /** How good the champion was on those rows; null when there was none to compare with. */
  championAuc: z.number().nullable(),
  championLogLoss: z.number().nullable(),
  /** Absent in versions from before they were stored, as everything below. */
  championBrier: z.number().nullable().optional(),
  championEce: z.number().nullable().optional(),
  /** What it had to beat. */
  checks: z.array(checkSchema).optional(),
  /** What looked broken about the newest data; empty when nothing did. */
  frozen: z.array(frozenSchema).optional(),
  /** Absent when there was no champion to compare with. */
  standing: standingSchema.optional(),
  /**
   * Where snapshots of the test looked broken: those that count, and how good the version is on them. Checks and the champion's
   * numbers are of the same rows. Absent where the whole test counts.
   */
  judged: z
    .object({ snapshots: z.array(z.string()), rows: z.int(), auc: z.number().nullable(), logLoss: z.number() })
    .optional(),
});

export type Decision = z.infer<typeof decisionSchema>;
export type Check = z.infer<typeof checkSchema>;
export type Frozen = z.infer<typeof frozenSchema>;
export type Standing = z.infer<typeof standingSchema>;
