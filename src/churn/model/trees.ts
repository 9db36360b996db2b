import { type ModelParameters, partsOf, type TreeNode, type TreeSplit, type TreesParameters } from "./parameters.ts";

/** Log-odds of the trees for a vector in the model's order. */
export function treesLogOdds({ base, trees }: TreesParameters, x: ArrayLike<number>): number {
  let sum = base;
  for (const tree of trees) sum += leafOf(tree, x);
  return sum;
}

/** The value of the leaf that a vector reaches. */
function leafOf(tree: TreeNode, x: ArrayLike<number>): number {
  let node = tree;
  while ("feature" in node) node = sideOf(node, x);
  return node.value;
}

/** Where a vector goes. What is NaN goes above every threshold. */
export function sideOf({ feature, threshold, below, above }: TreeSplit, x: ArrayLike<number>): TreeNode {
  return (x[feature] ?? 0) <= threshold ? below : above;
}

/** Every leaf and split of a tree, each before those below it. */
export function* nodesOf(tree: TreeNode): Generator<TreeNode> {
  yield tree;
  if (!("feature" in tree)) return;
  yield* nodesOf(tree.below);
  yield* nodesOf(tree.above);
}

/** Every split of a model's trees. */
export function splitsOf(parameters: ModelParameters): TreeSplit[] {
  const trees = partsOf(parameters).trees?.part.trees ?? [];
  return trees.flatMap((tree) => [...nodesOf(tree)].filter((node) => "feature" in node));
}
