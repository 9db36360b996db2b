import type { Estimate } from "../model/estimate.ts";
import type { Check } from "./decision.ts";
import { difference, differenceInWords, type Trial } from "./trial.ts";

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

/** Whether a model is better than the champion on the same users: its log loss is lower, with its whole interval. */
export function beatsChampion(trial: Trial, champion: Float64Array, version: string): Check {
  const found = difference(trial, trial.model, champion);
  const passed = found.high < 0;
  return { check: "champion", passed, verdict: againstChampion(version, passed, found), difference: found };
}

/** A model that is trained again on the same actions predicts the same, which is no failure. */
function againstChampion(version: string, passed: boolean, found: Estimate): string {
  if (!passed && Math.max(Math.abs(found.value), Math.abs(found.low), Math.abs(found.high)) < 0.000_05)
    return `predicts the same as champion ${version}, which stays`;
  const words = passed ? "better" : "not proved better";
  return `${words} than champion ${version} on the same users (${differenceInWords(found)}; below zero is better)`;
}
