import fc from "fast-check";
import onnxProto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { ModelParameters, TreeNode, TreesParameters } from "../parameters.ts";
import { logOddsOf } from "../predict.ts";
import { toOnnx } from "./to-onnx.ts";

describe("toOnnx", () => {
  it("gives the hand-worked value of a regression with one feature", async () => {
    const model = logistic([{ low: 0, high: 7, transform: "log1p", center: 1, scale: 2, weight: 3 }], -0.5);
    // 9 is clipped to 7 and ln(1 + 7) = 2.0794…; 3 * 1.0794 / 2 - 0.5 = 1.11916…
    const { logOdds, probability } = await run(model, [[9]]);
    expect(logOdds[0]).toBeCloseTo(1.119162312519754, 14);
    expect(probability[0]).toBeCloseTo(0.7538333009652, 12);
  });

  it("gives the hand-worked value of two trees, and of a blend with them", async () => {
    // [9]: the first tree goes above twice, to 1; the second is a leaf, 0.25; with the base 1.15.
    const trees = { base: -0.1, trees: [split(0, 3, leaf(-1), split(0, 8, leaf(0.5), leaf(1))), leaf(0.25)] };
    const regression = logistic([{ low: 0, high: 7, transform: "log1p", center: 1, scale: 2, weight: 3 }], -0.5);
    const { scaling, linear } = regression;
    const alone = await run({ kind: "trees", scaling, trees }, [[9], [3]]);
    expect([...alone.logOdds]).toEqual([expect.closeTo(1.15, 6), expect.closeTo(-0.85, 6)]);
    const { logOdds } = await run({ kind: "blend", scaling, linear, trees, treesShare: 0.25 }, [[9]]);
    expect(logOdds[0]).toBeCloseTo(0.75 * 1.119162312519754 + 0.25 * 1.15, 6);
  });

  it("agrees with the formula, as does predict.ts, in every family, on any model and batch", async () => {
    await fc.assert(
      fc.asyncProperty(
        models.chain((model) => fc.tuple(fc.constant(model), rowsFor(model))),
        async ([model, rows]) => {
          // Trees come out of their operator in float32: up to 12 leaves of up to 0.5 are rounded to less than 2.4e-7.
          const tolerance = model.kind === "logistic" ? 1e-10 : 3e-7;
          const answer = await run(model, rows);
          rows.forEach((row, i) => {
            const expected = formula(model, row);
            expect(Math.abs(logOddsOf(model, row) - expected)).toBeLessThanOrEqual(1e-10);
            expect(Math.abs(answer.logOdds[i]! - expected)).toBeLessThanOrEqual(tolerance);
            expect(Math.abs(answer.probability[i]! - 1 / (1 + Math.exp(-expected)))).toBeLessThanOrEqual(tolerance);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it("takes the side of the formula at a threshold, and a hair above it, which float32 cannot tell apart", async () => {
    const threshold = 0.1;
    const hairAbove = threshold + Number.EPSILON / 16;
    expect(hairAbove).toBeGreaterThan(threshold);
    const { scaling } = logistic([{ low: 0, high: 1, transform: "identity", center: 0, scale: 1, weight: 0 }]);
    const model: ModelParameters = {
      kind: "trees",
      scaling,
      trees: { base: 0, trees: [split(0, threshold, leaf(-1), leaf(1))] },
    };
    const { logOdds } = await run(model, [[threshold], [hairAbove], [Math.fround(threshold)]]);
    expect([...logOdds]).toEqual([-1, 1, Math.fround(threshold) <= threshold ? -1 : 1]);
  });

  it.each([1, 2, 17, 1000])("answers a batch of %i row by row", async (n) => {
    const model = logistic([
      { low: 0, high: 50, transform: "log1p", center: 1.5, scale: 0.7, weight: -1.2 },
      { low: -10, high: 10, transform: "identity", center: 0.2, scale: 4, weight: 0.9 },
    ]);
    const rows = Array.from({ length: n }, (_, i) => [i % 61, ((i * 37) % 23) - 11]);
    const { probability, logOdds } = await run(model, rows);
    expect(logOdds).toHaveLength(n);
    rows.forEach((row, i) => {
      expect(logOdds[i]).toBeCloseTo(formula(model, row), 12);
      expect(probability[i]).toBeCloseTo(1 / (1 + Math.exp(-formula(model, row))), 12);
    });
  });

  it("stays finite on the largest numbers and on infinities, which are clipped", async () => {
    const model = logistic([
      { low: 0, high: 100, transform: "log1p", center: 2, scale: 1, weight: 40 },
      { low: -5, high: 5, transform: "identity", center: 0, scale: 0.01, weight: 3 },
    ]);
    const high = [Number.MAX_VALUE, Number.POSITIVE_INFINITY];
    const low = [-Number.MAX_VALUE, Number.NEGATIVE_INFINITY];
    const { probability, logOdds } = await run(model, [high, low]);
    expect([...logOdds]).toEqual([expect.closeTo(formula(model, high), 9), expect.closeTo(formula(model, low), 9)]);
    expect([...probability]).toEqual([1, expect.closeTo(0, 12)]);
  });

  it("keeps a negative identity feature beside a logarithm", async () => {
    const model = logistic([
      { low: 0, high: 9, transform: "log1p", center: 0, scale: 1, weight: 1 },
      { low: -9, high: 9, transform: "identity", center: 0, scale: 1, weight: 1 },
    ]);
    const { logOdds } = await run(model, [
      [0, -1],
      [0, -7],
    ]);
    expect([...logOdds]).toEqual([-1, -7]);
  });

  it("computes in float64 where a runtime folds the scalars of a single feature", async () => {
    const model = logistic([{ low: 0, high: 1e4, transform: "identity", center: 0, scale: 0.3, weight: 0.7 }]);
    const { logOdds } = await run(model, [[1234.567]]);
    expect(logOdds[0]).toBeCloseTo((0.7 * 1234.567) / 0.3, 10);
  });

  it("answers NaN for a row that holds NaN and for no other", async () => {
    const column = { low: 0, high: 9, transform: "log1p", center: 1, scale: 1, weight: 1 } as const;
    const model = logistic([column, { ...column, transform: "identity" }]);
    const { probability } = await run(model, [
      [1, Number.NaN],
      [1, 2],
      [Number.NaN, 1],
    ]);
    expect([...probability].map(Number.isNaN)).toEqual([true, false, true]);
  });

  describe.each(["trees", "blend"] as const)("of %s", (kind) => {
    const { scaling, linear } = logistic([
      { low: -5, high: 5, transform: "identity", center: 0, scale: 1, weight: 0.5 },
      { low: 0, high: 100, transform: "log1p", center: 1, scale: 2, weight: -1 },
    ]);
    const trees = {
      base: 0.1,
      trees: [split(0, 0, leaf(-0.5), split(1, 10, leaf(0.25), leaf(0.5))), split(1, 50, leaf(-0.125), leaf(0.125))],
    };
    const model: ModelParameters =
      kind === "trees" ? { kind, scaling, trees } : { kind, scaling, linear, trees, treesShare: 0.75 };

    it("agrees with the formula on the largest numbers, on infinities and on both zeros", async () => {
      const values = [
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        Infinity,
        -Infinity,
        0,
        -0,
        Number.MIN_VALUE,
        -Number.MIN_VALUE,
      ];
      const rows = values.flatMap((one) => values.map((other) => [one, other]));
      const { logOdds } = await run(model, rows);
      for (const [i, row] of rows.entries()) {
        expect(logOdds[i], row.join()).toBeCloseTo(formula(model, row), 6);
        expect(logOddsOf(model, row), row.join()).toBeCloseTo(formula(model, row), 12);
      }
      // 0 and -0 stand at the threshold 0, the least positive number above it.
      const [zero, negative, least] = await Promise.all(
        [0, -0, Number.MIN_VALUE].map((value) => run(model, [[value, 20]])),
      );
      expect(negative?.logOdds[0]).toBe(zero?.logOdds[0]);
      expect((least?.logOdds[0] ?? 0) - (zero?.logOdds[0] ?? 0)).toBeGreaterThan(0.5);
    });

    it("answers for a row that holds NaN as the formula does, and leaves the other rows alone", async () => {
      const rows = [
        [Number.NaN, 1],
        [1, Number.NaN],
        [1, 2],
      ];
      const { logOdds } = await run(model, rows);
      for (const [i, row] of rows.entries()) {
        const expected = logOddsOf(model, row);
        if (Number.isNaN(expected)) expect(logOdds[i]).toBeNaN();
        else expect(logOdds[i], row.join()).toBeCloseTo(expected, 6);
      }
      expect(Number.isNaN(logOdds[2])).toBe(false);
    });
  });

  it("names its features and gives equal bytes for equal arguments", () => {
    const model = logistic([{ low: 0, high: 1, transform: "identity", center: 0, scale: 1, weight: 1 }]);
    const bytes = toOnnx(model, ["days_since_last"]);
    expect(Buffer.from(toOnnx(structuredClone(model), ["days_since_last"])).equals(bytes)).toBe(true);
    const { metadataProps } = onnxProto.onnx.ModelProto.decode(bytes);
    expect(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))).toEqual({
      "lapse.features": '["days_since_last"]',
      "lapse.format": "1",
      "lapse.kind": "logistic",
    });
  });

  it("refuses parameters that do not fit the features", () => {
    const model = logistic([{ low: 0, high: 1, transform: "identity", center: 0, scale: 1, weight: 1 }]);
    expect(() => toOnnx(model, ["a", "b"])).toThrow("low has 1 entries for 2 features");
  });
});

interface Column {
  low: number;
  high: number;
  transform: "identity" | "log1p";
  center: number;
  scale: number;
  weight: number;
}

function logistic(columns: Column[], intercept = 0): Extract<ModelParameters, { kind: "logistic" }> {
  return {
    kind: "logistic",
    scaling: {
      low: columns.map(({ low }) => low),
      high: columns.map(({ high }) => high),
      transform: columns.map(({ transform }) => transform),
      center: columns.map(({ center }) => center),
      scale: columns.map(({ scale }) => scale),
    },
    linear: { weights: columns.map(({ weight }) => weight), intercept },
  };
}

function leaf(value: number): TreeNode {
  return { value };
}

function split(feature: number, threshold: number, below: TreeNode, above: TreeNode): TreeNode {
  return { feature, threshold, below, above };
}

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const columns = fc.oneof(
  fc.record({ low: finite(0, 5), width: finite(0, 100), transform: fc.constant("log1p" as const) }),
  fc.record({ low: finite(-100, 100), width: finite(0, 100), transform: fc.constant("identity" as const) }),
);

const regressions = fc
  .record({
    columns: fc.array(
      fc.tuple(columns, fc.record({ center: finite(-100, 100), scale: finite(0.5, 100), weight: finite(-3, 3) })),
      { minLength: 1, maxLength: 40 },
    ),
    intercept: finite(-5, 5),
  })
  .map(({ columns, intercept }) =>
    logistic(
      columns.map(([{ low, width, transform }, rest]) => ({ low, high: low + width, transform, ...rest })),
      intercept,
    ),
  );

function nodesOf(width: number, depth: number): fc.Arbitrary<TreeNode> {
  const leaves = fc.record({ value: finite(-0.5, 0.5) });
  if (depth === 0) return leaves;
  const below = nodesOf(width, depth - 1);
  const splits = fc.record({ feature: fc.nat(width - 1), threshold: finite(-300, 300), below, above: below });
  return fc.oneof({ weight: 1, arbitrary: leaves }, { weight: 5, arbitrary: splits });
}

const models: fc.Arbitrary<ModelParameters> = regressions.chain((regression) => {
  const { scaling, linear } = regression;
  const trees: fc.Arbitrary<TreesParameters> = fc.record({
    base: finite(-5, 5),
    trees: fc.array(nodesOf(linear.weights.length, 3), { minLength: 1, maxLength: 12 }),
  });
  return fc.oneof(
    fc.constant(regression),
    trees.map((trees) => ({ kind: "trees" as const, scaling, trees })),
    fc
      .tuple(trees, finite(0, 1))
      .map(([trees, treesShare]) => ({ kind: "blend" as const, scaling, linear, trees, treesShare })),
  );
});

/** Rows of any values, and of thresholds, which take the side below. */
function rowsFor(model: ModelParameters) {
  const thresholds = "trees" in model ? model.trees.trees.flatMap(thresholdsOf) : [];
  const value =
    thresholds.length === 0 ? finite(-300, 300) : fc.oneof(finite(-300, 300), fc.constantFrom(...thresholds));
  const width = model.scaling.low.length;
  return fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 60 });
}

function thresholdsOf(node: TreeNode): number[] {
  return "feature" in node ? [node.threshold, ...thresholdsOf(node.below), ...thresholdsOf(node.above)] : [];
}

/** The formulas of parameters.ts, written once more. */
function formula(model: ModelParameters, row: readonly number[]): number {
  switch (model.kind) {
    case "logistic":
      return linearFormula(model, row);
    case "trees":
      return treesFormula(model.trees, row);
    case "blend":
      return (1 - model.treesShare) * linearFormula(model, row) + model.treesShare * treesFormula(model.trees, row);
  }
}

function linearFormula({ scaling, linear }: Extract<ModelParameters, { linear: unknown }>, row: readonly number[]) {
  return row.reduce((total, value, j) => {
    const clipped = Math.min(Math.max(value, scaling.low[j]!), scaling.high[j]!);
    const transformed = scaling.transform[j] === "log1p" ? Math.log1p(clipped) : clipped;
    return total + (linear.weights[j]! * (transformed - scaling.center[j]!)) / scaling.scale[j]!;
  }, linear.intercept);
}

function treesFormula({ base, trees }: TreesParameters, row: readonly number[]): number {
  const leafOf = (node: TreeNode): number =>
    "feature" in node ? leafOf(row[node.feature]! <= node.threshold ? node.below : node.above) : node.value;
  return trees.reduce((sum, tree) => sum + leafOf(tree), base);
}

async function run(model: ModelParameters, rows: readonly (readonly number[])[]) {
  const width = model.scaling.low.length;
  const bytes = toOnnx(
    model,
    Array.from({ length: width }, (_, j) => `feature_${j}`),
  );
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  try {
    const features = new Tensor("float64", Float64Array.from(rows.flat()), [rows.length, width]);
    const answer = await session.run({ features });
    expect(answer.probability?.dims).toEqual([rows.length]);
    expect(answer.log_odds?.dims).toEqual([rows.length]);
    return {
      probability: answer.probability!.data as Float64Array,
      logOdds: answer.log_odds!.data as Float64Array,
    };
  } finally {
    await session.release();
  }
}
