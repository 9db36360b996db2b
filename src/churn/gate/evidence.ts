import * as z from "zod";
import { estimateSchema } from "../model/estimate.ts";
import type { ModelManifest } from "../model/manifest.ts";

/**
 * The numbers of a version's training that a move of an alias rests on: how good the version was on users and a period that it had
 * not seen. A person who moves it later, or back, rests on the same ones.
 */
export const evidenceSchema = z.object({
  /** ISO dates of the test snapshots. */
  snapshots: z.array(z.string()),
  rows: z.int(),
  auc: z.number(),
  logLoss: z.number(),
  /** The champion of that training; null where there was none to compare with. Moves from before it was stored lack it. */
  champion: z.string().nullable().optional(),
  /** Of that champion on the same rows; null where there was none to compare with. */
  championLogLoss: z.number().nullable(),
  /** The version's log loss less the champion's, within three standard errors; null where there was none to compare with. */
  difference: estimateSchema.nullable(),
  /** The same less that of recency alone and of the plain rate, with 95 % intervals; absent where these were not judged. */
  fromRecency: estimateSchema.optional(),
  fromPlainRate: estimateSchema.optional(),
});

export type Evidence = z.infer<typeof evidenceSchema>;

/** What a version's own description has as evidence: all of the same rows. */
export function evidenceOf({ test, decision }: Pick<ModelManifest, "test" | "decision">): Evidence {
  const { snapshots, rows, auc, logLoss } = decision.judged ?? {
    ...test,
    auc: test.auc.value,
    logLoss: test.logLoss.value,
  };
  const [champion, recency, plainRate] = (["champion", "recency alone", "plain rate"] as const).map(
    (name) => decision.checks?.find(({ check }) => check === name)?.difference,
  );
  return {
    snapshots: [...snapshots],
    rows,
    auc: auc ?? test.auc.value,
    logLoss,
    champion: decision.championLogLoss === null ? null : decision.champion,
    championLogLoss: decision.championLogLoss,
    difference: champion ?? null,
    ...(recency && { fromRecency: recency }),
    ...(plainRate && { fromPlainRate: plainRate }),
  };
}
