import { createHash } from "node:crypto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { manifestSchema } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { exampleManifest, exampleModel } from "./example-model.ts";

describe("exampleModel", () => {
  it("fits the schema, has one entry for each feature and the sha256 of its bytes", () => {
    const { manifest, onnx } = exampleModel({ version: "v2" });
    expect(manifestSchema.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
    expect(manifest.version).toBe("v2");
    expect(manifest.sha256).toBe(createHash("sha256").update(onnx).digest("hex"));
    expect(manifest.typical).toHaveLength(manifest.features.length);
    expect(manifest.reference.features).toHaveLength(manifest.features.length);
  });

  it("keeps the sha256 of the bytes when the features are other ones", () => {
    const { manifest, onnx } = exampleModel({ features: ["days_since_last", "trend_60d"] });
    expect(manifest.typical).toHaveLength(2);
    expect(manifest.sha256).toBe(createHash("sha256").update(onnx).digest("hex"));
    expect(manifest.sha256).not.toBe(exampleManifest().sha256);
  });

  it("calls someone silent for long a higher risk, in ONNX as in TypeScript", async () => {
    const { manifest, onnx } = exampleModel();
    const silent = manifest.typical.map((value, j) => (manifest.features[j] === "days_since_last" ? 80 : value));
    const expected = [manifest.typical, silent].map((x) => probabilityOf(manifest.parameters, x));
    expect(expected[1]).toBeGreaterThan(2 * expected[0]!);
    const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 });
    const features = new Tensor("float64", Float64Array.from([...manifest.typical, ...silent]), [2, silent.length]);
    const answer = (await session.run({ features })).probability!.data as Float64Array;
    await session.release();
    expect([...answer]).toEqual(expected.map((p) => expect.closeTo(p, 12)));
  });

  it("has an evaluation with both outcomes and a fair quality", () => {
    const { test } = exampleManifest();
    expect(test.churned).toBeGreaterThan(100);
    expect(test.churned).toBeLessThan(500);
    expect(test.auc.value).toBeGreaterThan(0.8);
    expect(test.ece.value).toBeLessThan(0.05);
  });
});
