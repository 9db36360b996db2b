import { describe, expect, it } from "vitest";
import { sigmoid } from "../model/logistic.ts";
import type { TreesParameters } from "../model/parameters.ts";
import { nodesOf, treesLogOdds } from "../model/trees.ts";
import { randomFrom } from "../random.ts";
import { type BoostingOptions, fitTrees } from "./fit-trees.ts";
import { rankRows } from "./ranked-rows.ts";
import { binned } from "./tree-bins.ts";

const options: BoostingOptions = {
  trees: 60,
  rate: 0.1,
  depth: 3,
  leastWeight: 5,
  lambda: 1,
  columns: 0.6,
  rows: 0.7,
};
const all = { ...options, columns: 1, rows: 1 };

interface Problem {
  /** Row-major. */
  readonly x: Float64Array;
  readonly width: number;
  readonly y: Uint8Array;
  readonly hashes: Uint32Array;
}

function fitted({ x, width, y, hashes }: Problem, fit: BoostingOptions): TreesParameters {
  return fitTrees({ data: binned(rankRows(x, width)), y, hashes }, fit);
}

/** Rows whose first two values matter only together: churn goes with one of them being above 0, not both. */
function eitherOr(rows: number, seed: number): Problem {
  const random = randomFrom(seed);
  const x = Float64Array.from({ length: 3 * rows }, () => Math.round(200 * random() - 100) / 50);
  const y = Uint8Array.from({ length: rows }, (_, i) =>
    random() < ((x[3 * i] ?? 0) > 0 !== (x[3 * i + 1] ?? 0) > 0 ? 0.9 : 0.1) ? 1 : 0,
  );
  return { x, y, width: 3, hashes: Uint32Array.from(y, (_, i) => Math.imul(i, 0x9e3779b1)) };
}

function rowOf({ x, width }: Problem, row: number): Float64Array {
  return x.subarray(row * width, (row + 1) * width);
}

function logLoss(trees: TreesParameters, problem: Problem): number {
  const losses = Array.from(problem.y, (label, row) => {
    const p = sigmoid(treesLogOdds(trees, rowOf(problem, row)));
    return -Math.log(label === 1 ? p : 1 - p);
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}

describe("boosted trees", () => {
  it("of one split give each side what second-order boosting says", () => {
    // 6 rows with x = 0, of whom 1 churned; 6 with x = 1, of whom 5 did. At the base of 0, p = 1/2: gradients of
    // 6/2 - 1 = 2 and 3 - 5 = -2, second derivatives of 6/4 = 1.5: values of -2 / (1.5 + 1) and 2 / (1.5 + 1).
    const x = Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    const y = Uint8Array.of(1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0);
    const hashes = new Uint32Array(12);
    const one = { ...all, trees: 1, rate: 0.5, depth: 1, leastWeight: 1 };
    const { base, trees } = fitted({ x, y, width: 1, hashes }, one);
    expect(base).toBe(0);
    expect(trees).toEqual([{ feature: 0, threshold: 0.5, below: { value: -0.4 }, above: { value: 0.4 } }]);
  });

  it("find what two features say only together", () => {
    const trees = fitted(eitherOr(2_000, 1), options);
    // The best possible loss is the entropy of 0.1, some 0.325; knowing nothing it is 0.693.
    expect(logLoss(trees, eitherOr(2_000, 2))).toBeLessThan(0.36);
  });

  it("are the same for the same rows in any order, bit for bit, as samples are drawn by what a row is", () => {
    const problem = eitherOr(500, 3);
    const order = Array.from(problem.y, (_, row) => (row * 7) % 500);
    const shuffled: Problem = {
      width: 3,
      x: Float64Array.from(order.flatMap((row) => [...rowOf(problem, row)])),
      y: Uint8Array.from(order, (row) => problem.y[row] ?? 0),
      hashes: Uint32Array.from(order, (row) => problem.hashes[row] ?? 0),
    };
    expect(fitted(shuffled, options).trees).toEqual(fitted(problem, options).trees);
  });

  it("are no deeper than asked for, and have no leaf of less weight", () => {
    const problem = eitherOr(400, 4);
    const { trees } = fitted(problem, { ...all, depth: 2, leastWeight: 30 });
    for (const tree of trees) expect([...nodesOf(tree)].length).toBeLessThanOrEqual(7);
    // Of a weight of at most 1/4 each, 400 rows make 100: there is no room for more than three such leaves.
    for (const tree of trees)
      expect([...nodesOf(tree)].filter((node) => "value" in node).length).toBeLessThanOrEqual(3);
  });

  it("stay at the churn rate where nothing can be split", () => {
    const problem = { ...eitherOr(50, 5), x: new Float64Array(150).fill(2) };
    const trees = fitted(problem, all);
    const rate = problem.y.reduce((a, b) => a + b, 0) / 50;
    expect(sigmoid(treesLogOdds(trees, [2, 2, 2]))).toBeCloseTo(rate, 8);
  });

  it("split a constant column never", () => {
    const problem = eitherOr(300, 6);
    for (let row = 0; row < 300; row++) problem.x[3 * row + 2] = 4;
    const { trees } = fitted(problem, options);
    const features = trees
      .flatMap((tree) => [...nodesOf(tree)])
      .flatMap((node) => ("feature" in node ? [node.feature] : []));
    expect(new Set(features)).toEqual(new Set([0, 1]));
  });
});
