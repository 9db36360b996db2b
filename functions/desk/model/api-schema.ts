import * as z from "zod";
import type { Evidence } from "#churn/gate/evidence.ts";
import { estimateSchema } from "#churn/model/estimate.ts";
import type { Evaluation, ModelManifest } from "#churn/model/manifest.ts";
import type { AliasMove } from "#stores/models/model-store.ts";

const estimate = estimateSchema.describe("With its 95 % interval.");

const shownEvaluation = z.object({
  snapshots: z.array(z.string()).describe("The dates of the test."),
  rows: z.int().describe("A row is one user at one snapshot."),
  churned: z.int(),
  auc: estimate,
  pr_auc: estimate,
  log_loss: estimate,
  brier: estimate,
  ece: estimate.describe("By how much probabilities are off on average, 0 to 1, with its 95 % interval."),
  capture: estimate.optional().describe("Of those who left, the share that the riskiest tenth held."),
});

const learnedFrom = z.object({
  rows: z.int(),
  churned: z.int(),
  up_to: z.string().optional().describe("The date of the newest snapshot."),
});

/** A version, and how good its proof was on snapshots that it had not seen. */
export const shownVersion = z.object({
  version: z.string(),
  created: z.string(),
  in_service: z.boolean(),
  challenger: z.boolean(),
  auc: z.number(),
  recency_auc: z.number().optional(),
  log_loss: z.number(),
  test: shownEvaluation.describe(
    "Of the proof: the model that was judged, which had not seen the outcomes of the test.",
  ),
  recency: shownEvaluation.optional().describe("Of the days since the last action alone, on the same rows."),
  plain_rate: shownEvaluation.optional().describe("Of the share that churned before for everybody, on the same rows."),
  proof_learned_from: learnedFrom,
  serving_learned_from: learnedFrom.describe(
    "The model that serves has learned from the outcomes of the test as well.",
  ),
  promoted_by_training: z.boolean(),
  reason: z.string(),
});

export function versionShown(
  { version, created, test, peers, proof, training, decision }: ModelManifest,
  { champion, challenger }: { readonly champion: string | undefined; readonly challenger: string | undefined },
): z.input<typeof shownVersion> {
  return {
    version,
    created,
    in_service: version === champion,
    challenger: version === challenger,
    auc: test.auc.value,
    log_loss: test.logLoss.value,
    test: evaluationShown(test),
    ...(peers !== undefined && {
      recency_auc: peers.recency.auc.value,
      recency: evaluationShown(peers.recency),
      plain_rate: evaluationShown(peers.plainRate),
    }),
    proof_learned_from: learnedShown(proof ?? training),
    serving_learned_from: learnedShown(training),
    promoted_by_training: decision.promoted,
    reason: decision.reason,
  };
}

function evaluationShown(evaluation: Evaluation): z.input<typeof shownEvaluation> {
  const { snapshots, rows, churned, auc, prAuc, logLoss, brier, ece, capture } = evaluation;
  return { snapshots, rows, churned, auc, pr_auc: prAuc, log_loss: logLoss, brier, ece, capture };
}

function learnedShown(learned: {
  readonly rows: number;
  readonly churned: number;
  readonly snapshots: readonly string[];
}) {
  return { rows: learned.rows, churned: learned.churned, up_to: learned.snapshots.at(-1) };
}

const shownEvidence = z.object({
  snapshots: z.array(z.string()),
  rows: z.int(),
  auc: z.number(),
  log_loss: z.number(),
  champion: z.string().optional().describe("The champion of that training."),
  champion_log_loss: z.number().optional(),
  from_champion: estimateSchema
    .optional()
    .describe("Its log loss less the champion's, within three standard errors: below 0 is better."),
  from_recency: estimate.optional().describe("The same less that of recency alone, with its 95 % interval."),
  from_plain_rate: estimate.optional().describe("The same less that of the plain rate, with its 95 % interval."),
});

/** A move of an alias. */
export const shownMove = z.object({
  place: z.enum(["champion", "challenger"]),
  at: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional().describe("Absent if the record of the move cannot be read."),
  by: z.string(),
  reason: z.string(),
  evidence: shownEvidence
    .optional()
    .describe("Of the training of the version that it moved to, also where a person moved it later."),
});

export function moveShown({ alias, at, from, to, by, reason, evidence }: AliasMove): z.input<typeof shownMove> {
  return { place: alias, at, from, to, by, reason, evidence: evidence && evidenceShown(evidence) };
}

function evidenceShown(evidence: Evidence): z.input<typeof shownEvidence> {
  const { snapshots, rows, auc, logLoss, champion, championLogLoss, difference, fromRecency, fromPlainRate } = evidence;
  return {
    ...{ snapshots, rows, auc, log_loss: logLoss },
    ...{ champion: champion ?? undefined, champion_log_loss: championLogLoss ?? undefined },
    ...{ from_champion: difference ?? undefined, from_recency: fromRecency, from_plain_rate: fromPlainRate },
  };
}
