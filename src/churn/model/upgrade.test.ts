import { describe, expect, it } from "vitest";
import { exampleManifest, exampleParameters } from "#test/support/example-model.ts";
import { manifestSchema } from "./manifest.ts";
import { logOddsOf } from "./predict.ts";

/** The example model as schema 1 wrote it. */
function ofSchema1() {
  const { parameters: _, importances, associations, ...manifest } = exampleManifest();
  const { scaling, linear } = exampleParameters();
  const { families, ...training } = manifest.training;
  const calibration = { slope: 0.8, intercept: 0.1 };
  const parameters = { kind: "logistic", ...scaling, ...linear, calibration };
  return { ...manifest, schema: 1, parameters, training, associations };
}

describe("a manifest of schema 1", () => {
  it("is read as one of schema 2 that predicts the same", () => {
    const old = ofSchema1();
    const { parameters, schema, training, typical } = manifestSchema.parse(JSON.parse(JSON.stringify(old)));
    expect(schema).toBe(2);
    expect(training.families).toEqual([]);
    for (const x of [typical, typical.map((value) => 3 * value + 1)])
      expect(logOddsOf(parameters, x)).toBeCloseTo(0.8 * logOddsOf(exampleParameters(), x) + 0.1, 12);
  });

  it("goes by its weights where it has no associations", () => {
    const { associations, ...older } = ofSchema1();
    const upgraded = manifestSchema.parse(older);
    expect(upgraded.associations).toEqual(older.parameters.weights.map((weight) => 0.8 * weight));
  });

  it("with parameters that are none is refused", () => {
    const old = ofSchema1();
    expect(() => manifestSchema.parse({ ...old, parameters: { ...old.parameters, weights: "none" } })).toThrow();
  });
});
