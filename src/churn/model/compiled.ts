import { sigmoid } from "./logistic.ts";
import {
  type LinearParameters,
  type ModelParameters,
  partsOf,
  type ScalingParameters,
  type TreeNode,
  type TreesParameters,
} from "./parameters.ts";

/** The probability of churn of the row that begins at an index of row-major values in the model's order. */
export type RowProbability = (values: Float64Array, from: number) => number;

/**
 * `probabilityOf` for a model that predicts again and again, the same to the last bit: the same operations in the same order, on
 * arrays of numbers instead of objects: 4.5 µs instead of 6 to 9 for a blend of 200 trees on 188 features (Node 24).
 */
export function compiled(parameters: ModelParameters): RowProbability {
  const { scaling, linear, trees } = partsOf(parameters);
  const linearPart = linear && compiledLinear(linear.part, scaling);
  const treesPart = trees && compiledTrees(trees.part);
  const [linearShare, treesShare] = [linear?.share ?? 0, trees?.share ?? 0];
  return (values, from) =>
    sigmoid(
      (linearPart === undefined ? 0 : linearShare * linearPart(values, from)) +
        (treesPart === undefined ? 0 : treesShare * treesPart(values, from)),
    );
}

/** See linearLogOdds. */
function compiledLinear({ weights, intercept }: LinearParameters, scaling: ScalingParameters): RowProbability {
  const [low, high] = [Float64Array.from(scaling.low), Float64Array.from(scaling.high)];
  const [center, scale] = [Float64Array.from(scaling.center), Float64Array.from(scaling.scale)];
  const weight = Float64Array.from(weights);
  const isLog = Uint8Array.from(scaling.transform, (transform) => (transform === "log1p" ? 1 : 0));
  return (values, from) => {
    let sum = intercept;
    for (let j = 0; j < weight.length; j++) {
      const clipped = Math.min(Math.max(values[from + j] ?? 0, low[j] ?? 0), high[j] ?? 0);
      const transformed = isLog[j] === 1 ? Math.log1p(clipped) : clipped;
      sum += (weight[j] ?? 0) * ((transformed - (center[j] ?? 0)) / (scale[j] ?? 1));
    }
    return sum;
  };
}

/** See treesLogOdds. Nodes of all trees stand in one list, and the two below a split beside each other. */
function compiledTrees({ base, trees }: TreesParameters): RowProbability {
  const nodes: TreeNode[] = [];
  /** Of a split, where those below it stand. */
  const places: number[] = [];
  const roots = Int32Array.from(trees, (tree) => {
    const root = nodes.push(tree) - 1;
    for (let place = root; place < nodes.length; place++) {
      const node = nodes[place];
      if (node === undefined || !("feature" in node)) continue;
      places[place] = nodes.push(node.below, node.above) - 2;
    }
    return root;
  });
  const below = Int32Array.from(nodes, (_, place) => places[place] ?? 0);
  /** -1 for a leaf. */
  const feature = Int32Array.from(nodes, (node) => ("feature" in node ? node.feature : -1));
  /** Of a split its threshold, of a leaf its value. */
  const number = Float64Array.from(nodes, (node) => ("feature" in node ? node.threshold : node.value));
  return (values, from) => {
    let sum = base;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree] ?? 0;
      for (let j = feature[node] ?? -1; j >= 0; j = feature[node] ?? -1)
        node = (below[node] ?? 0) + ((values[from + j] ?? 0) <= (number[node] ?? 0) ? 0 : 1);
      sum += number[node] ?? 0;
    }
    return sum;
  };
}
