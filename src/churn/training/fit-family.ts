import { fnv1a } from "../hash.ts";
import type {
  LinearParameters,
  ModelKind,
  ModelParameters,
  ScalingParameters,
  TreesParameters,
} from "../model/parameters.ts";
import { fitLogistic } from "./fit-logistic.ts";
import type { FitRows } from "./fit-rows.ts";
import { type BoostingOptions, fitTrees, type TreesProblem } from "./fit-trees.ts";
import { countsOf } from "./ranked-rows.ts";
import { applyScaling, fitScaling } from "./scaling.ts";
import { binned } from "./tree-bins.ts";

/**
 * Rules instead of settings that would be tuned: on all logs that were tried, choosing them by later training snapshots
 * added more noise than it gained (docs/model.md).
 */
export const rules = {
  /** Strength of the penalty of the linear part: as much doubt about a standardised weight as some 120 users take away. */
  l2: 30,
  boosting: {
    trees: 200,
    rate: 0.0375,
    depth: 3,
    leastWeight: 20,
    lambda: 5,
    columns: 0.3,
    rows: 0.5,
  } satisfies BoostingOptions,
  /** Of the trees in a blend. */
  treesShare: 0.75,
};

/** Grows the trees of a model: here, or elsewhere meanwhile. */
export type GrowTrees = (problem: TreesProblem) => Promise<TreesParameters>;

/** Grows the trees of a model, by the rules. */
export function boosted(problem: TreesProblem): TreesParameters {
  return fitTrees(problem, rules.boosting);
}

/** Where there is nobody else to do it. */
export const growHere: GrowTrees = async (problem) => boosted(problem);

/** A fit of which the trees may still be growing. */
export interface BegunFit {
  readonly scaling: ScalingParameters;
  /** Median of each feature. */
  readonly typical: readonly number[];
  /** The rows as the linear part sees them: row-major, standardised. */
  readonly standardised: Float64Array;
  readonly linear: LinearParameters;
  /** Of the linear part: the norm of the gradient at the solution over that at zero. */
  readonly gradientNorm: number;
  readonly trees: Promise<TreesParameters>;
}

/**
 * Begins to fit both parts of a model to rows of both outcomes; the linear one is there at once. Its optimum is found sooner from
 * that of a model of nearly the same rows.
 */
export function beginFit(rows: FitRows, grow: GrowTrees, near?: LinearParameters): BegunFit {
  const { data, ranked } = rows;
  const counts = countsOf(ranked);
  // First, so that it is under way while the linear part is fitted.
  const trees = grow(treesProblem(rows, counts));
  const { typical, ...scaling } = fitScaling(data.names, ranked, counts);
  const standardised = applyScaling(scaling, ranked);
  return { scaling, typical, standardised, trees, ...linearPart(standardised, rows, near) };
}

/** The model of a family, once its parts are there. */
export async function modelOf(
  kind: ModelKind,
  { scaling, linear, trees }: Pick<BegunFit, "scaling" | "linear" | "trees">,
): Promise<ModelParameters> {
  switch (kind) {
    case "logistic":
      return { kind, scaling, linear };
    case "trees":
      return { kind, scaling, trees: await trees };
    case "blend":
      return { kind, scaling, linear, trees: await trees, treesShare: rules.treesShare };
  }
}

function linearPart(
  x: Float64Array,
  { data: { names }, y }: FitRows,
  near: LinearParameters | undefined,
): { linear: LinearParameters; gradientNorm: number } {
  const start = near && { weights: Float64Array.from(near.weights), intercept: near.intercept };
  const fit = fitLogistic({ x, y, width: names.length, l2: rules.l2 }, { start });
  return { linear: { weights: [...fit.weights], intercept: fit.intercept }, gradientNorm: fit.gradientNorm };
}

function treesProblem(
  { data: { users, snapshots }, ranked, y }: FitRows,
  counts: readonly Uint32Array[],
): TreesProblem {
  const hashes = Uint32Array.from(ranked.rows, (row) => fnv1a(`${snapshots[row]}\0${users[row]}`));
  return { data: binned(ranked, counts), y, hashes };
}
