import type { TreeNode, TreeSplit } from "./parameters.ts";
import { nodesOf, sideOf } from "./trees.ts";

/** A tree as flat arrays by the number of a node, the root first. A leaf has 0 for the nodes under it. */
interface FlatTree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly below: Int32Array;
  readonly above: Int32Array;
  /** Of a split: where the typical vector goes. */
  readonly usual: Int32Array;
  /** Of a split: a bit for its feature, which stands for the one in this place of `features`. */
  readonly bit: Int32Array;
  readonly features: readonly number[];
  /** Of a leaf, times the share. */
  readonly value: Float64Array;
}

/**
 * Adds what each feature brings to the value of a tree against a typical vector, times a share, to sums by feature:
 * Shapley's values with the typical vector as the only reference.
 *
 * A vector of values of x and typical ones reaches a leaf if it takes all of certain features from x (`own`) and all of
 * certain others from the typical vector (`usual`). In the average over all orders in which features are taken from x,
 * each of `own` has brought the value of the leaf in, and each of `usual` has taken it away, in a share of the orders
 * that follows from how many of both there are.
 */
export function treeContributions(
  tree: TreeNode,
  typical: ArrayLike<number>,
  share: number,
): (sums: Float64Array, x: ArrayLike<number>) => void {
  const { feature, threshold, below, above, usual, bit, value, features } = flattened(tree, typical, share);

  function visit(sums: Float64Array, x: ArrayLike<number>, node: number, own: number, others: number): void {
    const side = below[node] ?? 0;
    if (side === 0) {
      if ((own | others) !== 0) addLeaf(sums, value[node] ?? 0, own, others);
      return;
    }
    const ownSide = (x[feature[node] ?? 0] ?? 0) <= (threshold[node] ?? 0) ? side : (above[node] ?? 0);
    const usualSide = usual[node] ?? 0;
    const asked = bit[node] ?? 0;
    if (ownSide === usualSide || (own & asked) !== 0) visit(sums, x, ownSide, own, others);
    else if ((others & asked) !== 0) visit(sums, x, usualSide, own, others);
    else {
      visit(sums, x, ownSide, own | asked, others);
      visit(sums, x, usualSide, own, others | asked);
    }
  }

  function addLeaf(sums: Float64Array, amount: number, own: number, others: number): void {
    const [mine, theirs] = [bitsIn(own), bitsIn(others)];
    addTo(sums, own, amount * shareOfOrders(mine, theirs));
    addTo(sums, others, -amount * shareOfOrders(theirs, mine));
  }

  function addTo(sums: Float64Array, bits: number, amount: number): void {
    for (let place = 0, rest = bits; rest !== 0; place++, rest >>= 1) {
      if ((rest & 1) === 0) continue;
      const j = features[place] ?? 0;
      sums[j] = (sums[j] ?? 0) + amount;
    }
  }

  return (sums, x) => visit(sums, x, 0, 0, 0);
}

function flattened(tree: TreeNode, typical: ArrayLike<number>, share: number): FlatTree {
  const nodes = [...nodesOf(tree)];
  const numbers = new Map(nodes.map((node, number) => [node, number]));
  const features = [...new Set(nodes.flatMap((node) => ("feature" in node ? [node.feature] : [])))];
  const ofSplit = (take: (split: TreeSplit) => number) => nodes.map((node) => ("feature" in node ? take(node) : 0));
  const numberOf = (node: TreeNode) => numbers.get(node) ?? 0;
  return {
    feature: Int32Array.from(ofSplit(({ feature }) => feature)),
    threshold: Float64Array.from(ofSplit(({ threshold }) => threshold)),
    below: Int32Array.from(ofSplit(({ below }) => numberOf(below))),
    above: Int32Array.from(ofSplit(({ above }) => numberOf(above))),
    usual: Int32Array.from(ofSplit((split) => numberOf(sideOf(split, typical)))),
    bit: Int32Array.from(ofSplit(({ feature }) => 1 << features.indexOf(feature))),
    features,
    value: Float64Array.from(nodes, (node) => ("feature" in node ? 0 : share * node.value)),
  };
}

/** Of all orders of `mine` and `others`, in which one of `mine` comes after the rest of them and before all `others`. */
function shareOfOrders(mine: number, others: number): number {
  // (mine - 1)! others! / (mine + others)!
  let share = 1 / (mine + others);
  for (let k = 1; k < mine; k++) share *= k / (others + k);
  return share;
}

function bitsIn(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
