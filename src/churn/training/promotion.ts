import { auc } from "../metrics/auc.ts";
import { brier } from "../metrics/brier.ts";
import { calibrationError } from "../metrics/calibration-error.ts";
import { logLoss } from "../metrics/log-loss.ts";
import { pairedDifference } from "../metrics/paired-bootstrap.ts";
import type { Evaluation, ModelManifest } from "../model/manifest.ts";

export type Decision = ModelManifest["decision"];

const noComparison = { championAuc: null, championLogLoss: null, championBrier: null, championEce: null };

/** The same test rows as two models see them. */
export interface Contest {
  readonly champion: string;
  /** 1 for churned, 0 for stayed. */
  readonly y: Uint8Array;
  readonly users: readonly string[];
  readonly challengerProbabilities: Float64Array;
  readonly championProbabilities: Float64Array;
}

/**
 * Whether a model is to serve that has none to compare with (`replaced`: the champion that predicts another kind of
 * churn, or null): it must rank users better than chance, with the whole 95 % interval of its AUC above one half, on a
 * period that it has not seen.
 */
export function decideAlone(test: Evaluation, replaced: string | null): Decision {
  const promoted = test.auc.low > 0.5;
  const interval = `AUC ${test.auc.value.toFixed(3)}, 95 % interval ${test.auc.low.toFixed(3)} to ${test.auc.high.toFixed(3)}`;
  const first = replaced === null ? "first model" : `first model of a new churn definition, in place of ${replaced}`;
  const reason = promoted ? `${first}, better than chance (${interval})` : `no better than chance (${interval})`;
  return { promoted, reason, champion: replaced, ...noComparison };
}

/**
 * Whether a challenger takes the champion's place: its log loss on the same later users must be lower, with the whole
 * 95 % interval of the paired difference below zero. Log loss, as it judges ranking and probabilities together.
 */
export function decideContest({
  champion,
  y,
  users,
  challengerProbabilities,
  championProbabilities,
}: Contest): Decision {
  const difference = pairedDifference(y, challengerProbabilities, championProbabilities, users, "promotion");
  const promoted = difference.high < 0;
  return {
    promoted,
    reason: contestInWords(champion, promoted, difference),
    champion,
    championAuc: auc(y, championProbabilities),
    championLogLoss: logLoss(y, championProbabilities),
    championBrier: brier(y, championProbabilities),
    championEce: calibrationError(y, championProbabilities),
  };
}

/** A model that is trained again on the same actions predicts the same, which is no failure. */
function contestInWords(champion: string, promoted: boolean, { value, low, high }: Evaluation["logLoss"]): string {
  if (!promoted && Math.max(Math.abs(value), Math.abs(low), Math.abs(high)) < 0.000_05)
    return `predicts the same as champion ${champion}, which stays`;
  return (
    `${promoted ? "better than" : "not proved better than"} champion ${champion} on the same users ` +
    `(difference in log loss ${signed(value)}, 95 % interval ${signed(low)} to ${signed(high)}; below zero is better)`
  );
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(4)}`;
}
