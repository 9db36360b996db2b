import fc from "fast-check";
import onnxProto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { logOdds } from "./logistic.ts";
import type { LogisticParameters } from "./manifest.ts";
import { toOnnx } from "./onnx.ts";

describe("toOnnx", () => {
  it("gives the hand-worked value of a model with one feature", async () => {
    const model = parametersOf([{ low: 0, high: 7, transform: "log1p", center: 1, scale: 2, weight: 3 }], {
      intercept: -0.5,
      calibration: { slope: 0.8, intercept: 0.1 },
    });
    // 9 is clipped to 7 and ln(1 + 7) = 2.0794…; 3 * 1.0794 / 2 - 0.5 = 1.11916…; 0.8 * 1.11916 + 0.1 = 0.99532…
    const { logOdds, probability } = await run(model, [[9]]);
    expect(logOdds[0]).toBeCloseTo(0.995329850015803, 14);
    expect(probability[0]).toBeCloseTo(0.73013938119782, 13);
  });

  it("agrees with the formula of the manifest, as does logistic.ts, on any model and batch", async () => {
    await fc.assert(
      fc.asyncProperty(
        models.chain((model) => fc.tuple(fc.constant(model), rowsFor(model))),
        async ([model, rows]) => {
          // Float64 rounds each of up to 40 terms of up to 3 * 300 / 0.5: what is left is well below this.
          const tolerance = 1e-10;
          const answer = await run(model, rows);
          rows.forEach((row, i) => {
            const expected = formula(model, row);
            expect(Math.abs(logOdds(model, row) - expected)).toBeLessThanOrEqual(tolerance);
            expect(Math.abs(answer.logOdds[i]! - expected)).toBeLessThanOrEqual(tolerance);
            expect(Math.abs(answer.probability[i]! - 1 / (1 + Math.exp(-expected)))).toBeLessThanOrEqual(tolerance);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 17, 1000])("answers a batch of %i row by row", async (n) => {
    const model = parametersOf([
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
    const model = parametersOf([
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
    const model = parametersOf([
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
    const model = parametersOf([{ low: 0, high: 1e4, transform: "identity", center: 0, scale: 0.3, weight: 0.7 }], {
      calibration: { slope: 0.1, intercept: 0 },
    });
    const { logOdds } = await run(model, [[1234.567]]);
    expect(logOdds[0]).toBeCloseTo((0.1 * 0.7 * 1234.567) / 0.3, 11);
  });

  it("answers NaN for a row that holds NaN and for no other", async () => {
    const column = { low: 0, high: 9, transform: "log1p", center: 1, scale: 1, weight: 1 } as const;
    const model = parametersOf([column, { ...column, transform: "identity" }]);
    const { probability } = await run(model, [
      [1, Number.NaN],
      [1, 2],
      [Number.NaN, 1],
    ]);
    expect([...probability].map(Number.isNaN)).toEqual([true, false, true]);
  });

  it("names its features and gives equal bytes for equal arguments", () => {
    const model = parametersOf([{ low: 0, high: 1, transform: "identity", center: 0, scale: 1, weight: 1 }]);
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
    const model = parametersOf([{ low: 0, high: 1, transform: "identity", center: 0, scale: 1, weight: 1 }]);
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

function parametersOf(columns: Column[], rest: Partial<LogisticParameters> = {}): LogisticParameters {
  return {
    kind: "logistic",
    low: columns.map(({ low }) => low),
    high: columns.map(({ high }) => high),
    transform: columns.map(({ transform }) => transform),
    center: columns.map(({ center }) => center),
    scale: columns.map(({ scale }) => scale),
    weights: columns.map(({ weight }) => weight),
    intercept: 0,
    calibration: { slope: 1, intercept: 0 },
    ...rest,
  };
}

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const columns = fc.oneof(
  fc.record({ low: finite(0, 5), width: finite(0, 100), transform: fc.constant("log1p" as const) }),
  fc.record({ low: finite(-100, 100), width: finite(0, 100), transform: fc.constant("identity" as const) }),
);

const models = fc
  .record({
    columns: fc.array(
      fc.tuple(columns, fc.record({ center: finite(-100, 100), scale: finite(0.5, 100), weight: finite(-3, 3) })),
      { minLength: 1, maxLength: 40 },
    ),
    intercept: finite(-5, 5),
    calibration: fc.record({ slope: finite(0.1, 3), intercept: finite(-2, 2) }),
  })
  .map(({ columns, intercept, calibration }) =>
    parametersOf(
      columns.map(([{ low, width, transform }, rest]) => ({ low, high: low + width, transform, ...rest })),
      { intercept, calibration },
    ),
  );

function rowsFor(model: LogisticParameters) {
  const row = fc.array(finite(-300, 300), { minLength: model.low.length, maxLength: model.low.length });
  return fc.array(row, { minLength: 1, maxLength: 60 });
}

/** The formula of manifest.ts, written once more. */
function formula(model: LogisticParameters, row: readonly number[]): number {
  const sum = row.reduce((total, value, j) => {
    const clipped = Math.min(Math.max(value, model.low[j]!), model.high[j]!);
    const transformed = model.transform[j] === "log1p" ? Math.log1p(clipped) : clipped;
    return total + (model.weights[j]! * (transformed - model.center[j]!)) / model.scale[j]!;
  }, model.intercept);
  return model.calibration.slope * sum + model.calibration.intercept;
}

async function run(model: LogisticParameters, rows: readonly (readonly number[])[]) {
  const width = model.weights.length;
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
