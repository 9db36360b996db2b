import type { Dataset } from "../features/dataset.ts";
import { fnv1a } from "../hash.ts";
import {
  type LinearParameters,
  type ModelKind,
  type ModelParameters,
  partsOf,
  type TreesParameters,
} from "../model/parameters.ts";
import { fitLogistic } from "./fit-logistic.ts";
import { type BoostingOptions, fitTrees } from "./fit-trees.ts";
import { applyScaling, fitScaling } from "./scaling.ts";
import { sortedColumns } from "./sorted-columns.ts";

/**
 * Rules instead of settings that would be tuned: on all logs that were tried, choosing them by later training snapshots
 * added more noise than it gained (docs/model.md).
 */
export const rules = {
  /** Strength of the penalty of the linear part: as much doubt about a standardised weight as some 120 users take away. */
  l2: 30,
  boosting: {
    trees: 200,
    rate: 0.03,
    depth: 3,
    leastWeight: 20,
    lambda: 5,
    columns: 0.5,
    rows: 0.7,
  } satisfies BoostingOptions,
  /** Of the trees in a blend. */
  treesShare: 0.75,
};

export interface FittedFamily {
  readonly parameters: ModelParameters;
  /** Median of each feature. */
  readonly typical: readonly number[];
  /** The rows as the linear part sees them: row-major, standardised. */
  readonly standardised: Float64Array;
  /** Of the linear part: the norm of the gradient at the solution over that at zero. 0 without one. */
  readonly gradientNorm: number;
}

/**
 * Fits a model of one family to rows of both outcomes. The optimum of the linear part is found sooner from that of a
 * model of nearly the same rows.
 */
export function fitFamily(kind: ModelKind, data: Dataset, near?: ModelParameters): FittedFamily {
  const sorted = sortedColumns(data.x, data.names.length);
  const { typical, ...scaling } = fitScaling(data, sorted);
  const standardised = applyScaling({ typical, ...scaling }, data);
  const fitLinear = () => linearPart(standardised, data, near && partsOf(near).linear?.part);
  const fitBoosted = () => treesPart(data, sorted);
  const fitted = { typical, standardised };
  switch (kind) {
    case "logistic": {
      const { linear, gradientNorm } = fitLinear();
      return { ...fitted, gradientNorm, parameters: { kind, scaling, linear } };
    }
    case "trees":
      return { ...fitted, gradientNorm: 0, parameters: { kind, scaling, trees: fitBoosted() } };
    case "blend": {
      const { linear, gradientNorm } = fitLinear();
      const { treesShare } = rules;
      return { ...fitted, gradientNorm, parameters: { kind, scaling, linear, trees: fitBoosted(), treesShare } };
    }
  }
}

function linearPart(
  x: Float64Array,
  { y, names }: Dataset,
  near: LinearParameters | undefined,
): { linear: LinearParameters; gradientNorm: number } {
  const start = near && { weights: Float64Array.from(near.weights), intercept: near.intercept };
  const fit = fitLogistic({ x, y, width: names.length, l2: rules.l2 }, { start });
  return { linear: { weights: [...fit.weights], intercept: fit.intercept }, gradientNorm: fit.gradientNorm };
}

function treesPart({ x, y, names, users, snapshots }: Dataset, sorted: Float64Array): TreesParameters {
  const hashes = Uint32Array.from(users, (user, row) => fnv1a(`${snapshots[row]}\0${user}`));
  return fitTrees({ x, y, width: names.length, hashes, sorted }, rules.boosting);
}
