import type { Evaluation, ModelManifest } from "#churn/model/manifest.ts";
import { formatCounted, formatPercent, formatPoints } from "./format.ts";

/**
 * The quality of a model in one plain sentence: `On 2,113 users who were still here, in a month it had not seen: AUC
 * 0.84 (0.82 to 0.86; by the days since the last action alone 0.71), the riskiest tenth holds 31 % (28 % to 33 %) of those who
 * left, probabilities off by 1.4 points on average.` In brackets are 95 % intervals.
 */
export function headline({ test, peers, definition }: Pick<ModelManifest, "test" | "peers" | "definition">): string {
  const period = periodInWords(definition.churn.churnDays);
  const moments = test.snapshots.length;
  // With several snapshots one user may be in several rows.
  const seen =
    moments > 1
      ? `On ${formatCounted(test.rows, "prediction")} for users who were still here, in ${moments} periods of ${period} it had not seen`
      : `On ${formatCounted(test.rows, "user")} who ${test.rows === 1 ? "was" : "were"} still here, in ${period} it had not seen`;
  const riskiest = test.deciles[0];
  const { value, low, high } = test.auc;
  const interval = `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const beside =
    peers === undefined ? "" : `; by the days since the last action alone ${peers.recency.auc.value.toFixed(2)}`;
  return [
    `${seen}: AUC ${value.toFixed(2)} (${interval}${beside})`,
    ...(riskiest === undefined
      ? []
      : [`the riskiest tenth holds ${captureInWords(test.capture, riskiest.capture)} of those who left`]),
    `probabilities off by ${formatPoints(test.ece.value)} points on average.`,
  ].join(", ");
}

/**
 * The same for those who do not know the measures: `Of one user who left and one who stayed, it gives the one who left the higher
 * probability in 84 (82 to 86) of 100 cases; the days since the last action alone do so in 71. …`
 */
export function qualityInWords({ test, peers }: Pick<ModelManifest, "test" | "peers">): string {
  const cases = (share: number) => Math.round(100 * share);
  const { value, low, high } = test.auc;
  const beside =
    peers === undefined ? "" : `; the days since the last action alone do so in ${cases(peers.recency.auc.value)}`;
  const riskiest = test.deciles[0];
  const reached =
    riskiest === undefined
      ? ""
      : ` The tenth of users that it held for the riskiest had ${captureInWords(test.capture, riskiest.capture)} of all who left.`;
  return `Of one user who left and one who stayed, the model gives the one who left the higher probability in ${cases(value)} (${cases(low)} to ${cases(high)}) of 100 cases${beside}.${reached} Its probabilities were off by ${formatPoints(test.ece.value)} points on average. All this on a time that it had not seen; 95 % intervals are in brackets.`;
}

/** Without an interval for versions from before it was stored. */
export function captureInWords(capture: Evaluation["capture"], value: number): string {
  if (capture === undefined) return formatPercent(value);
  return `${formatPercent(value)} (${formatPercent(capture.low)} to ${formatPercent(capture.high)})`;
}

/** `a week`, `a month` or `45 days`. */
function periodInWords(days: number): string {
  if (days === 1) return "a day";
  if (days === 7) return "a week";
  if (days === 14) return "two weeks";
  if (days >= 28 && days <= 31) return "a month";
  return `${days} days`;
}
