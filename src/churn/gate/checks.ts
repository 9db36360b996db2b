import { pairedDifferenceWithin } from "../metrics/paired-bootstrap.ts";
import type { Estimate } from "../model/estimate.ts";
import type { Check } from "./decision.ts";
import { difference, differenceInWords, signed, type Trial } from "./trial.ts";

/**
 * Whether a model says more than the churn rate does: its log loss is lower than that of the plain rate for everybody, with
 * the whole 95 % interval of the paired difference below 0, and its AUC (given) is above one half with its whole interval.
 */
export function beatsPlainRate(trial: Trial, auc: Estimate): Check {
  const found = difference(trial, trial.model, trial.plainRate);
  const passed = found.high < 0 && auc.low > 0.5;
  const verdict = passed
    ? `better than the plain rate (${differenceInWords(found)})`
    : `not proved better than the plain rate (${differenceInWords(found)}; ${aucInWords(auc)})`;
  return { check: "plain rate", passed, verdict, difference: found };
}

function aucInWords({ value, low, high }: Estimate): string {
  return `AUC ${value.toFixed(3)}, 95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
}

/** Whether a model says more than the days since the last action do: its log loss is lower, with its whole interval. */
export function beatsRecencyAlone(trial: Trial): Check {
  const found = difference(trial, trial.model, trial.recency);
  const passed = found.high < 0;
  return {
    check: "recency alone",
    passed,
    verdict: `${passed ? "better" : found.value < 0 ? "not proved better" : "no better"} than recency alone (${differenceInWords(found)})`,
    difference: found,
  };
}

/**
 * Night after night a new model is compared with the same champion, and one of ninety that are as good looks surely better
 * by a 95 % interval: its luck is asked for. Three standard errors come once in years by luck (docs/decisions/gate.md).
 */
const deviations = 3;

/** Whether a model is better than the champion on the same users: its log loss is lower, by three standard errors. */
export function beatsChampion({ y, users, model }: Trial, champion: Float64Array, version: string): Check {
  const found = pairedDifferenceWithin(deviations, y, model, champion, users, "gate");
  const passed = found.high < 0;
  return { check: "champion", passed, verdict: againstChampion(version, passed, found), difference: found };
}

/** A model that is trained again on the same actions predicts the same, which is no failure. */
function againstChampion(version: string, passed: boolean, { value, low, high }: Estimate): string {
  if (!passed && Math.max(Math.abs(value), Math.abs(low), Math.abs(high)) < 0.000_05)
    return `predicts the same as champion ${version}, which stays`;
  const words = passed ? "better" : "not proved better";
  const interval = `${signed(low)} to ${signed(high)} within three standard errors`;
  return `${words} than champion ${version} on the same users (log loss ${signed(value)}, ${interval}; below zero is better)`;
}
