import { standardised } from "./logistic.ts";
import { type LinearParameters, type ModelParameters, partsOf, type ScalingParameters } from "./parameters.ts";
import { treeContributions } from "./tree-contributions.ts";

/**
 * What each feature of a vector adds to the log-odds of churn against a typical vector: Shapley's values, where a
 * feature that is left out has its typical value (interventional, with the typical vector as the only reference;
 * Lundberg et al. 2020). They sum to the difference between the two log-odds. For the linear part that is the weight
 * times the difference, for trees it is counted exactly.
 */
export function contributionsFrom(
  typical: ArrayLike<number>,
  parameters: ModelParameters,
): (x: ArrayLike<number>) => Float64Array {
  const { scaling, linear, trees } = partsOf(parameters);
  const adds = trees?.part.trees.map((tree) => treeContributions(tree, typical, trees.share)) ?? [];
  return (x) => {
    const sums = new Float64Array(typical.length);
    if (linear !== undefined) addLinear(sums, linear, scaling, x, typical);
    for (const add of adds) add(sums, x);
    return sums;
  };
}

function addLinear(
  sums: Float64Array,
  { share, part }: { share: number; part: LinearParameters },
  scaling: ScalingParameters,
  x: ArrayLike<number>,
  typical: ArrayLike<number>,
): void {
  for (let j = 0; j < sums.length; j++) {
    const difference = standardised(scaling, j, x[j] ?? 0) - standardised(scaling, j, typical[j] ?? 0);
    sums[j] = (sums[j] ?? 0) + share * (part.weights[j] ?? 0) * difference;
  }
}
