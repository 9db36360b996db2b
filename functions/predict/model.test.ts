import { describe, expect, it } from "vitest";
import { probabilityOf } from "#churn/model/predict.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { openModel, ServedModel } from "./model.ts";

describe("openModel", () => {
  it("gives the probabilities of the formula", async () => {
    const { manifest, onnx } = exampleModel();
    const model = await openModel({ manifest, onnx });
    const rows = [manifest.typical, manifest.parameters.high, manifest.typical.map((value, j) => value + j)];
    const answer = await model.probabilities(Float64Array.from(rows.flat()));
    expect([...answer]).toEqual(rows.map((row) => expect.closeTo(probabilityOf(manifest.parameters, row), 10)));
    model.release();
  });

  it("refuses a graph with other weights than the manifest's", async () => {
    const { manifest, onnx } = exampleModel();
    for (const [j, weight] of manifest.parameters.weights.entries()) {
      const weights = manifest.parameters.weights.with(j, weight + 0.01);
      const altered = { ...manifest, parameters: { ...manifest.parameters, weights } };
      await expect(openModel({ manifest: altered, onnx }), manifest.features[j]).rejects.toThrow(CorruptModel);
    }
  });

  it("refuses what is no graph, or one of another width", async () => {
    const { manifest, onnx } = exampleModel();
    await expect(openModel({ manifest, onnx: onnx.subarray(0, 100) })).rejects.toThrow("not a graph that can run");
    const narrow = exampleModel({ features: ["days_since_last", "trend_90d"] });
    await expect(openModel({ manifest, onnx: narrow.onnx })).rejects.toThrow("does not run on its features");
  });

  it("refuses a manifest whose columns differ in length, or with a feature that nothing defines", async () => {
    const { manifest, onnx } = exampleModel();
    const short = { ...manifest, typical: manifest.typical.slice(1) };
    await expect(openModel({ manifest: short, onnx })).rejects.toThrow("typical has");
    const strange = { ...manifest, features: manifest.features.with(0, "shoe_size") };
    await expect(openModel({ manifest: strange, onnx })).rejects.toThrow("no definition of feature shoe_size");
  });
});

describe("ServedModel", () => {
  it("is disposed of when the last reference is released, and cannot be taken after", () => {
    let disposed = 0;
    const model = new ServedModel(
      exampleModel().manifest,
      async () => new Float64Array(),
      async () => {
        disposed += 1;
      },
    );
    expect(model.retain()).toBe(true);
    model.release();
    expect(disposed).toBe(0);
    model.release();
    expect(disposed).toBe(1);
    expect(model.retain()).toBe(false);
  });
});
