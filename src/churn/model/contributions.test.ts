import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contributionsFrom } from "./contributions.ts";
import type { ModelParameters, TreeNode } from "./parameters.ts";
import { logOddsOf } from "./predict.ts";

const width = 5;
const value = fc.double({ min: -4, max: 4, noNaN: true });
const leaves: fc.Arbitrary<TreeNode> = fc.record({ value });

/** Trees of at most this depth, some of whose paths ask for one feature twice. */
function treesOf(depth: number): fc.Arbitrary<TreeNode> {
  if (depth === 0) return leaves;
  const below = treesOf(depth - 1);
  const splits = fc.record({ feature: fc.nat(width - 1), threshold: value, below, above: below });
  return fc.oneof({ weight: 1, arbitrary: leaves }, { weight: 6, arbitrary: splits });
}

const columns = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: width, maxLength: width });
const vectors = columns(value);
const scaling = fc.record({
  low: columns(fc.constant(-3)),
  high: columns(fc.constant(3)),
  transform: columns(fc.constant("identity" as const)),
  center: vectors,
  scale: columns(fc.double({ min: 0.5, max: 2, noNaN: true })),
});
const linear = fc.record({ weights: vectors, intercept: value });
const trees = fc.record({ base: value, trees: fc.array(treesOf(3), { maxLength: 6 }) });
const models: fc.Arbitrary<ModelParameters> = fc.oneof(
  fc.record({ kind: fc.constant("logistic" as const), scaling, linear }),
  fc.record({ kind: fc.constant("trees" as const), scaling, trees }),
  fc.record({
    kind: fc.constant("blend" as const),
    scaling,
    linear,
    trees,
    treesShare: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

/** Shapley's values by their definition: each feature's mean effect over all orders in which features are put in. */
function byAllOrders(model: ModelParameters, x: readonly number[], typical: readonly number[]): number[] {
  const orders = permutations(typical.map((_, j) => j));
  const sums = typical.map(() => 0);
  for (const order of orders) {
    const vector = [...typical];
    for (const j of order) {
      const before = logOddsOf(model, vector);
      vector[j] = x[j] ?? 0;
      sums[j] = (sums[j] ?? 0) + (logOddsOf(model, vector) - before) / orders.length;
    }
  }
  return sums;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

describe("contributions", () => {
  it("are Shapley's values, in every family", () => {
    fc.assert(
      fc.property(models, vectors, vectors, (model, x, typical) => {
        const expected = byAllOrders(model, x, typical);
        const actual = contributionsFrom(typical, model)(x);
        for (const [j, contribution] of expected.entries()) expect(actual[j]).toBeCloseTo(contribution, 10);
      }),
      { numRuns: 200 },
    );
  });

  it("sum to the difference of the log-odds", () => {
    fc.assert(
      fc.property(models, vectors, vectors, (model, x, typical) => {
        const sum = contributionsFrom(typical, model)(x).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(logOddsOf(model, x) - logOddsOf(model, typical), 10);
      }),
    );
  });

  it("of a tree that asks for two features share what both are needed for", () => {
    const leaf = (value: number): TreeNode => ({ value });
    const tree = {
      feature: 0,
      threshold: 0,
      below: leaf(0),
      above: { feature: 1, threshold: 0, below: leaf(1), above: leaf(5) },
    };
    const model: ModelParameters = {
      kind: "trees",
      scaling: { low: [], high: [], transform: [], center: [], scale: [] },
      trees: { base: 0.5, trees: [tree] },
    };
    // The first feature alone brings 1; the second alone 0; both 5: (1 + 5) / 2 … of the first, (0 + 4) / 2 of the second.
    expect([...contributionsFrom([-1, -1], model)([1, 1])]).toEqual([3, 2]);
  });
});
