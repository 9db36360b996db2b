import type { Evidence } from "#churn/gate/evidence.ts";
import type { Estimate } from "#churn/model/estimate.ts";
import { rowsInWords } from "./version-cells.ts";

/**
 * What a move of an alias rests on: `12,566 rows, 2026-05-01 to 2026-09-28: AUC 0.801, log loss 0.2911; champion v1 0.3020, difference -0.0109
 * (-0.0161 to -0.0056, three standard errors); recency alone 0.3048, difference -0.0137 (-0.0172 to -0.0102, 95 %)`.
 */
export function evidenceInWords(evidence: Evidence): string {
  const { auc, logLoss, champion, championLogLoss, difference, fromRecency, fromPlainRate } = evidence;
  return [
    `${rowsInWords(evidence)}: AUC ${auc.toFixed(3)}, log loss ${decimals(logLoss)}`,
    ...(championLogLoss === null
      ? []
      : [`champion ${champion ?? "of that training"} ${decimals(championLogLoss)}${inWords(difference, threeErrors)}`]),
    ...besidePeer("recency alone", logLoss, fromRecency),
    ...besidePeer("plain rate", logLoss, fromPlainRate),
  ].join("; ");
}

/** Bounds of the gate's check against the champion; of those against simpler rules (see beatsChampion and beatsRecencyAlone). */
const threeErrors = "three standard errors";
const interval = "95 %";

function besidePeer(name: string, logLoss: number, difference: Estimate | undefined): string[] {
  if (difference === undefined) return [];
  return [`${name} ${decimals(logLoss - difference.value)}${inWords(difference, interval)}`];
}

function inWords(difference: Estimate | null, bounds: string): string {
  if (difference === null) return "";
  const { value, low, high } = difference;
  return `, difference ${decimals(value)} (${decimals(low)} to ${decimals(high)}, ${bounds})`;
}

function decimals(value: number): string {
  return value.toFixed(4);
}
