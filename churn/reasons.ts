import { describeValue } from "./describe-feature.ts";
import { standardised } from "./logistic.ts";
import type { LogisticParameters, ModelManifest, ModelParameters } from "./manifest.ts";
import type { Reason, Risk } from "./score.ts";

/**
 * Why a vector has its probability: for each feature, what its value adds to the log-odds of churn against the
 * typical user's value. The contributions sum to the difference of the two log-odds. Largest towards churn first,
 * `limit` of them at most.
 */
export function reasonsFor(manifest: ModelManifest, x: ArrayLike<number>, limit = manifest.features.length): Reason[] {
  const contributions = contributionsOf(manifest.parameters, x, manifest.typical);
  return manifest.features
    .map((feature, j) => ({
      feature,
      value: x[j] ?? 0,
      typical: manifest.typical[j] ?? 0,
      contribution: contributions[j] ?? 0,
    }))
    .sort((a, b) => b.contribution - a.contribution || (a.feature < b.feature ? -1 : 1))
    .slice(0, limit)
    .map((reason) => ({ ...reason, sentence: describeValue(reason.feature, reason.value, reason.typical) }));
}

/** The risk of a probability under a model's thresholds, each of which belongs to the higher risk. */
export function riskOf(probability: number, thresholds: ModelManifest["thresholds"]): Risk {
  if (probability >= thresholds.high) return "high";
  return probability >= thresholds.medium ? "medium" : "low";
}

function contributionsOf(parameters: ModelParameters, x: ArrayLike<number>, typical: readonly number[]): number[] {
  switch (parameters.kind) {
    case "logistic":
      return typical.map((usual, j) => logisticContribution(parameters, j, x[j] ?? 0, usual));
  }
}

function logisticContribution(parameters: LogisticParameters, j: number, value: number, typical: number): number {
  const weight = parameters.calibration.slope * (parameters.weights[j] ?? 0);
  return weight * (standardised(parameters, j, value) - standardised(parameters, j, typical));
}
