import { type Feature, nameOf, parseFeature } from "./feature.ts";
import { groupOf } from "./feature-group.ts";
import { standardised } from "./logistic.ts";
import type { ModelManifest, ModelParameters } from "./manifest.ts";
import type { Reason, Risk } from "./score.ts";
import { type Column, tellValue } from "./tell-value.ts";

export interface Reasons {
  /** At most one for each group of features; largest contribution towards churn first. */
  readonly told: readonly Reason[];
  /** What all further groups together add to the log-odds. */
  readonly untold: number;
}

/**
 * Explains vectors of one model: what each group of features adds to the log-odds of churn against the typical user,
 * told by the value of the group that by itself speaks for that most. All contributions, `untold` too, sum to the
 * difference of the two log-odds. Where no value speaks for what the group adds, the group only balances another that
 * it overlaps with, and is not told. Make it once, use it for many vectors.
 */
export function explainer(manifest: ModelManifest): (x: ArrayLike<number>) => Reasons {
  const { features, parameters, typical } = manifest;
  const columns = features.map((name, j): Column => ({ name, feature: parseFeature(name), typical: typical[j] ?? 0 }));
  const groups = groupsOf(features);
  const positions = new Map(features.map((name, j) => [name, j]));
  const { weights, deviationsOf } = linear(parameters, typical);
  // Versions from before associations were stored know no more than the weights.
  const associations = manifest.associations ?? weights;

  function tell(group: readonly number[], contribution: number, x: ArrayLike<number>, deviations: Float64Array) {
    const raisesRisk = contribution > 0;
    const other = (feature: Feature) => x[positions.get(nameOf(feature)) ?? -1];
    const candidates = group
      .map((j) => ({ j, strength: (associations[j] ?? 0) * (deviations[j] ?? 0) * (raisesRisk ? 1 : -1) }))
      .filter(({ strength }) => strength > 0)
      .sort((a, b) => b.strength - a.strength);
    for (const { j } of candidates) {
      const column = columns[j];
      const value = x[j] ?? 0;
      const sentence = column && tellValue({ ...column, value, raisesRisk, other });
      if (sentence !== undefined)
        return { feature: column.name, value, typical: column.typical, contribution, sentence };
    }
    return undefined;
  }

  return (x) => {
    const deviations = deviationsOf(x);
    const told: Reason[] = [];
    let untold = 0;
    for (const group of groups) {
      const contribution = group.reduce((sum, j) => sum + (weights[j] ?? 0) * (deviations[j] ?? 0), 0);
      const reason = tell(group, contribution, x, deviations);
      if (reason === undefined) untold += contribution;
      else told.push(reason);
    }
    told.sort((a, b) => b.contribution - a.contribution || (a.feature < b.feature ? -1 : 1));
    return { told, untold };
  };
}

/** The risk of a probability under a model's thresholds, each of which belongs to the higher risk. */
export function riskOf(probability: number, thresholds: ModelManifest["thresholds"]): Risk {
  if (probability >= thresholds.high) return "high";
  return probability >= thresholds.medium ? "medium" : "low";
}

/** Positions of the features of each group. */
function groupsOf(features: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [j, name] of features.entries()) {
    const group = groups.get(groupOf(name));
    if (group === undefined) groups.set(groupOf(name), [j]);
    else group.push(j);
  }
  return [...groups.values()];
}

interface Linear {
  /** What one deviation of each feature adds to the calibrated log-odds. */
  readonly weights: readonly number[];
  /** How many training standard deviations each value is from the typical one. */
  readonly deviationsOf: (x: ArrayLike<number>) => Float64Array;
}

function linear(parameters: ModelParameters, typical: readonly number[]): Linear {
  switch (parameters.kind) {
    case "logistic": {
      const usual = typical.map((value, j) => standardised(parameters, j, value));
      return {
        weights: parameters.weights.map((weight) => parameters.calibration.slope * weight),
        deviationsOf: (x) => Float64Array.from(usual, (at, j) => standardised(parameters, j, x[j] ?? 0) - at),
      };
    }
  }
}
