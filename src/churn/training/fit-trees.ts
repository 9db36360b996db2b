import { uniform } from "../hash.ts";
import { sigmoid } from "../model/logistic.ts";
import type { TreeNode, TreesParameters } from "../model/parameters.ts";
import { randomFrom } from "../random.ts";
import { binListsOf } from "./bin-lists.ts";
import { type BinnedNode, growTree, type TreeOptions } from "./grow-tree.ts";
import type { Binned } from "./tree-bins.ts";
import type { Derivatives } from "./tree-histogram.ts";

/** An eighth of the memory of the matrix that it is made of, so that it is soon handed to another thread. */
export interface TreesProblem {
  readonly data: Binned;
  readonly y: Uint8Array;
  /** A hash of what each row is, by which samples are drawn: the same rows in any order. */
  readonly hashes: Uint32Array;
}

export interface BoostingOptions extends TreeOptions {
  readonly trees: number;
  /** Shares of the columns and of the rows that each tree is grown to, above 0 and at most 1. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * Gradient-boosted trees for the log loss, grown one after the other by Newton's method (Friedman 2001; Chen and Guestrin
 * 2016). The same rows in any order give the same trees, bit for bit. Labels are of both classes.
 */
export function fitTrees({ data, y, hashes }: TreesProblem, options: BoostingOptions): TreesParameters {
  const usable = data.thresholds.flatMap(({ length }, column) => (length > 0 ? [column] : []));
  const base = logOddsOfMean(y);
  const z = new Float64Array(y.length).fill(base);
  const derivatives: Derivatives = new Float64Array(2 * y.length);
  const lists = binListsOf(data, usable);
  const trees: TreeNode[] = [];
  for (let number = 0; number < options.trees; number++) {
    const { drawn, others } = drawRows(hashes, number, options.rows);
    derive(derivatives, drawn, z, y);
    const columns = drawnColumns(usable, number, options.columns);
    const { root, leaves } = growTree(data, lists, { rows: drawn, columns, derivatives }, options);
    for (const { value, rows } of leaves) addValue(z, value, rows);
    addLeaves(z, root, data, others);
    trees.push(withThresholds(root, data));
  }
  return { base, trees };
}

function logOddsOfMean(y: Uint8Array): number {
  const churned = y.reduce((sum, label) => sum + label, 0);
  return Math.log(churned / (y.length - churned));
}

/**
 * Derivatives are whole multiples of 2^-28, so that sums of up to 2^20 rows are exact, whatever the order of addition, and so is
 * the difference of two sums. A double of this size has its last bit there: adding it and taking it away rounds.
 */
const rounding = 1.5 * 2 ** 24;

/** Sets the derivatives of some rows, and those of all others to 0. */
function derive(derivatives: Derivatives, rows: Uint32Array, z: Float64Array, y: Uint8Array): void {
  derivatives.fill(0);
  for (let at = 0; at < rows.length; at++) {
    const i = rows[at] ?? 0;
    const p = sigmoid(z[i] ?? 0);
    derivatives[2 * i] = p - (y[i] ?? 0) + rounding - rounding;
    derivatives[2 * i + 1] = p * (1 - p) + rounding - rounding;
  }
}

/** Each row with this chance, by its hash and the tree's number; and the others. */
function drawRows(hashes: Uint32Array, tree: number, share: number) {
  const [drawn, others] = [new Uint32Array(hashes.length), new Uint32Array(hashes.length)];
  let count = 0;
  let rest = 0;
  for (let row = 0; row < hashes.length; row++) {
    if (uniform((hashes[row] ?? 0) ^ Math.imul(tree + 1, 0x9e3779b9)) < share) drawn[count++] = row;
    else others[rest++] = row;
  }
  return { drawn: drawn.subarray(0, count), others: others.subarray(0, rest) };
}

/** This share of the columns, at least one, ascending. */
function drawnColumns(columns: readonly number[], tree: number, share: number): number[] {
  const random = randomFrom(`columns of tree ${tree}`);
  const draws = columns.map((column) => ({ column, draw: random() }));
  return draws
    .sort((a, b) => a.draw - b.draw)
    .slice(0, Math.ceil(share * columns.length))
    .map(({ column }) => column)
    .sort((a, b) => a - b);
}

function addValue(z: Float64Array, value: number, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    z[row] = (z[row] ?? 0) + value;
  }
}

/** Adds the value of the leaf that each of some rows reaches. */
function addLeaves(z: Float64Array, tree: BinnedNode, { bins, rows }: Binned, some: Uint32Array): void {
  const { column, most, below, above, value } = nodesInArrays(tree);
  for (let at = 0; at < some.length; at++) {
    const row = some[at] ?? 0;
    let node = 0;
    for (let j = column[0] ?? -1; j >= 0; j = column[node] ?? -1)
      node = ((bins[j * rows + row] ?? 0) <= (most[node] ?? 0) ? below[node] : above[node]) ?? 0;
    z[row] = (z[row] ?? 0) + (value[node] ?? 0);
  }
}

/** The nodes of a tree, the root first; the column of a leaf is -1. */
function nodesInArrays(tree: BinnedNode) {
  const nodes: BinnedNode[] = [tree];
  const [below, above]: [number[], number[]] = [[], []];
  for (const node of nodes) {
    if (!("feature" in node)) continue;
    below[nodes.indexOf(node)] = nodes.push(node.below) - 1;
    above[nodes.indexOf(node)] = nodes.push(node.above) - 1;
  }
  return {
    column: Int32Array.from(nodes, (node) => ("feature" in node ? node.feature : -1)),
    most: Uint8Array.from(nodes, (node) => ("feature" in node ? node.bin : 0)),
    below: Uint16Array.from(nodes, (_, place) => below[place] ?? 0),
    above: Uint16Array.from(nodes, (_, place) => above[place] ?? 0),
    value: Float64Array.from(nodes, (node) => ("value" in node ? node.value : 0)),
  };
}

function withThresholds(node: BinnedNode, data: Binned): TreeNode {
  if (!("feature" in node)) return { value: node.value };
  const { feature, bin } = node;
  return {
    feature,
    threshold: data.thresholds[feature]?.[bin] ?? 0,
    below: withThresholds(node.below, data),
    above: withThresholds(node.above, data),
  };
}
