import * as z from "zod";
import { estimateSchema } from "../model/estimate.ts";
import type { ModelManifest } from "../model/manifest.ts";

/** The numbers that a move of an alias rests on: how good the version was on users and a period that it had not seen. */
export const evidenceSchema = z.object({
  /** ISO dates of the test snapshots. */
  snapshots: z.array(z.string()),
  rows: z.int(),
  auc: z.number(),
  logLoss: z.number(),
  /** Of the champion of that moment on the same rows; null where there was none to compare with. */
  championLogLoss: z.number().nullable(),
  /** The version's log loss less the champion's, with its interval; null where there was none to compare with. */
  difference: estimateSchema.nullable(),
});

export type Evidence = z.infer<typeof evidenceSchema>;

/** What a version's own description has as evidence: all of the same rows. */
export function evidenceOf({ test, decision }: Pick<ModelManifest, "test" | "decision">): Evidence {
  const { snapshots, rows, auc, logLoss } = decision.judged ?? {
    ...test,
    auc: test.auc.value,
    logLoss: test.logLoss.value,
  };
  return {
    snapshots: [...snapshots],
    rows,
    auc: auc ?? test.auc.value,
    logLoss,
    championLogLoss: decision.championLogLoss,
    difference: decision.checks?.find(({ check }) => check === "champion")?.difference ?? null,
  };
}
