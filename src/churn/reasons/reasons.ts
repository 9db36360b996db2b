import { parseFeature } from "../features/catalogue.ts";
import { groupOf } from "../features/feature-group.ts";
import { contributionsFrom } from "../model/contributions.ts";
import { standardised } from "../model/logistic.ts";
import type { ModelManifest } from "../model/manifest.ts";
import type { Reason, Risk } from "../score.ts";
import { type TellableFeature, tellValue } from "./tell-value.ts";

/** Explains vectors of one model. Make it once, use it for many. */
export interface Explainer {
  explain(x: ArrayLike<number>): Reasons;
  /** The strongest reasons for a higher risk, at most `most`. */
  risksOf(x: ArrayLike<number>, most: number): Reason[];
}

export interface Reasons {
  /** At most one for each group of features; largest contribution towards churn first. */
  readonly told: readonly Reason[];
  /** What all further groups together add to the log-odds. */
  readonly untold: number;
}

/**
 * A reason is what a group of features adds to the log-odds of churn against the typical user, told by the value of the
 * group that by itself speaks for that most. All contributions, `untold` too, sum to the difference of the two log-odds.
 * Where no value speaks for what the group adds, the group only balances another that it overlaps with, and is not told.
 */
export function explainer(manifest: ModelManifest): Explainer {
  const { features, parameters, typical, associations } = manifest;
  const columns = features.map(
    (name, j): Column => ({ position: j, name, feature: parseFeature(name), typical: typical[j] ?? 0 }),
  );
  const positions = new Map(features.map((name, j) => [name, j]));
  const groups = groupsOf(columns);
  const contributionsOf = contributionsFrom(typical, parameters);
  const { scaling } = parameters;
  const usual = typical.map((value, j) => standardised(scaling, j, value));
  /** How many training standard deviations each value is from the typical one. */
  const deviationsOf = (x: ArrayLike<number>) =>
    Float64Array.from(usual, (at, j) => standardised(scaling, j, x[j] ?? 0) - at);

  /** What each group adds, largest first. */
  function sumsOf(x: ArrayLike<number>): GroupSum[] {
    const contributions = contributionsOf(x);
    return groups
      .map((group) => ({
        group,
        contribution: group.reduce((sum, { position }) => sum + (contributions[position] ?? 0), 0),
      }))
      .sort((a, b) => b.contribution - a.contribution);
  }

  function tell({ group, contribution }: GroupSum, x: ArrayLike<number>, deviations: Float64Array): Reason | undefined {
    const raisesRisk = contribution > 0;
    const other = (name: string) => x[positions.get(name) ?? -1];
    const strength = ({ position: j }: Column) => (associations[j] ?? 0) * (deviations[j] ?? 0) * (raisesRisk ? 1 : -1);
    for (const column of group
      .filter((candidate) => strength(candidate) > 0)
      .sort((a, b) => strength(b) - strength(a))) {
      const { name, feature, typical } = column;
      const value = x[column.position] ?? 0;
      const sentence = tellValue({ name, feature, value, typical, raisesRisk, other });
      if (sentence !== undefined) return { feature: name, value, typical, contribution, sentence };
    }
    return undefined;
  }

  return {
    explain(x) {
      const deviations = deviationsOf(x);
      const told: Reason[] = [];
      let untold = 0;
      for (const sum of sumsOf(x)) {
        const reason = tell(sum, x, deviations);
        if (reason === undefined) untold += sum.contribution;
        else told.push(reason);
      }
      return { told, untold };
    },
    risksOf(x, most) {
      const deviations = deviationsOf(x);
      const risks: Reason[] = [];
      for (const sum of sumsOf(x)) {
        if (sum.contribution <= 0 || risks.length === most) break;
        const reason = tell(sum, x, deviations);
        if (reason !== undefined) risks.push(reason);
      }
      return risks;
    },
  };
}

interface Column extends TellableFeature {
  /** Where its value stands in a vector. */
  readonly position: number;
}

interface GroupSum {
  readonly group: readonly Column[];
  readonly contribution: number;
}

/** The risk of a probability under a model's thresholds, each of which belongs to the higher risk. */
export function riskOf(probability: number, thresholds: ModelManifest["thresholds"]): Risk {
  if (probability >= thresholds.high) return "high";
  return probability >= thresholds.medium ? "medium" : "low";
}

function groupsOf(columns: readonly Column[]): Column[][] {
  const groups = new Map<string, Column[]>();
  for (const column of columns) {
    const key = groupOf(column.name);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [column]);
    else group.push(column);
  }
  return [...groups.values()];
}
