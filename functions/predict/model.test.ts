import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { ModelParameters, TreesParameters } from "#churn/model/parameters.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { exampleModel, exampleParameters, exampleTrees } from "#test/support/example-model.ts";
import { OpenedOnce, openModel, ServedModel } from "./model.ts";

describe("openModel", () => {
  it.each([1, 3, 40])("gives the probabilities of the formula to %i rows at a time", async (count) => {
    const { manifest, onnx } = exampleModel();
    const model = await openModel({ manifest, onnx });
    const rows = Array.from({ length: count }, (_, row) => manifest.typical.map((value, j) => value + ((j * row) % 7)));
    const answer = await model.probabilities(Float64Array.from(rows.flat()));
    expect([...answer]).toEqual(rows.map((row) => expect.closeTo(probabilityOf(manifest.parameters, row), 10)));
    model.release();
  });

  it("refuses a graph with other weights than the manifest's", async () => {
    const { manifest, onnx } = exampleModel();
    const parameters = exampleParameters();
    const { linear } = parameters;
    for (const [j, weight] of linear.weights.entries()) {
      const weights = linear.weights.with(j, weight + 0.01);
      const altered = { ...manifest, parameters: { ...parameters, linear: { ...linear, weights } } };
      await expect(openModel({ manifest: altered, onnx }), manifest.features[j]).rejects.toThrow(CorruptModel);
    }
  });

  it("gives those of a blend with trees, and refuses a graph with another leaf or threshold", async () => {
    const { scaling, linear } = exampleParameters();
    const trees = exampleTrees(exampleModel().manifest.typical);
    const blend = (of: TreesParameters): ModelParameters => ({
      kind: "blend",
      scaling,
      linear,
      trees: of,
      treesShare: 0.5,
    });
    const { manifest, onnx } = exampleModel({ parameters: blend(trees) });
    const model = await openModel({ manifest, onnx });
    const [probability = Number.NaN] = await model.probabilities(Float64Array.from(manifest.typical));
    expect(Math.abs(probability - probabilityOf(manifest.parameters, manifest.typical))).toBeLessThan(1e-6);
    model.release();

    const [first, ...others] = trees.trees;
    if (first === undefined || !("feature" in first)) throw new Error("The example's trees have splits.");
    for (const altered of [
      { ...first, above: { value: 0.7 } },
      { ...first, threshold: first.threshold + 0.01 },
    ]) {
      const parameters = blend({ ...trees, trees: [altered, ...others] });
      await expect(openModel({ manifest: { ...manifest, parameters }, onnx })).rejects.toThrow(CorruptModel);
    }
    const beyond = blend({ ...trees, trees: [{ ...first, feature: manifest.features.length }] });
    await expect(openModel({ manifest: { ...manifest, parameters: beyond }, onnx })).rejects.toThrow(
      "splits on feature",
    );
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

describe("openModel of a model whose graph was held to the formula when it was published", () => {
  it.each([4, 5])("gives the probabilities of the formula to %i rows at a time", async (count) => {
    const { manifest, onnx } = exampleModel();
    const model = await openModel({ manifest, onnx }, "when it is needed");
    const rows = Array.from({ length: count }, (_, row) => manifest.typical.map((value, j) => value + ((j * row) % 7)));
    const answer = await model.probabilities(Float64Array.from(rows.flat()));
    expect([...answer]).toEqual(rows.map((row) => expect.closeTo(probabilityOf(manifest.parameters, row), 10)));
    model.release();
  });

  it("opens the graph for the first rows that need it, and refuses these where it does not agree", async () => {
    const { manifest, onnx } = exampleModel();
    const model = await openModel({ manifest, onnx: onnx.subarray(0, 100) }, "when it is needed");
    const rows = (count: number) => Float64Array.from(Array.from({ length: count }, () => manifest.typical).flat());
    expect((await model.probabilities(rows(4))).length).toBe(4);
    await expect(model.probabilities(rows(5))).rejects.toThrow("not a graph that can run");
    await expect(model.probabilities(rows(5))).rejects.toThrow(CorruptModel);
    expect((await model.probabilities(rows(1))).length).toBe(1);
    model.release();
  });

  it("holds it to the formula before it serves where the manifest is another than then, or does not say so", async () => {
    const { manifest, onnx } = exampleModel();
    const parameters = exampleParameters();
    const { linear } = parameters;
    const weights = linear.weights.with(0, (linear.weights[0] ?? 0) + 0.01);
    const altered = { ...manifest, parameters: { ...parameters, linear: { ...linear, weights } } };
    await expect(openModel({ manifest: altered, onnx }, "when it is needed")).rejects.toThrow("where model.json gives");
    const { heldTo: _, ...silent } = manifest;
    const cut = onnx.subarray(0, 100);
    await expect(openModel({ manifest: silent, onnx: cut }, "when it is needed")).rejects.toThrow(CorruptModel);
  });
});

/** A graph that counts how often it was opened and disposed of. */
function countingGraph(open: () => void = () => undefined) {
  const counts = { opened: 0, disposed: 0 };
  const graph = new OpenedOnce(exampleModel(), async () => {
    counts.opened += 1;
    open();
    return {
      run: async (rows) => rows,
      async dispose() {
        counts.disposed += 1;
      },
    };
  });
  return { graph, counts };
}

describe("ServedModel", () => {
  it("is disposed of when the last reference is released, and cannot be taken after", async () => {
    const { graph, counts } = countingGraph();
    const model = new ServedModel(exampleModel().manifest, graph);
    await model.open();
    expect(model.retain()).toBe(true);
    model.release();
    await new Promise(setImmediate);
    expect(counts.disposed).toBe(0);
    model.release();
    await new Promise(setImmediate);
    expect(counts).toEqual({ opened: 1, disposed: 1 });
    expect(model.retain()).toBe(false);
  });

  it("does not open its graph again after a failure, however many requests need it", async () => {
    const { graph, counts } = countingGraph(() => {
      throw new CorruptModel("it does not open");
    });
    const { manifest } = exampleModel();
    const model = new ServedModel(manifest, graph);
    const rows = Float64Array.from(Array.from({ length: 5 }, () => manifest.typical).flat());
    for (let request = 0; request < 3; request++)
      await expect(model.probabilities(rows)).rejects.toThrow("it does not open");
    await expect(model.open()).rejects.toThrow(CorruptModel);
    expect(counts.opened).toBe(1);
    model.release();
  });

  it("lets the bytes of the graph go once it is open", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const [model, bytes] = await (async () => {
      const { manifest, onnx } = exampleModel();
      return [await openModel({ manifest, onnx }, "when it is needed"), new WeakRef(onnx)] as const;
    })();
    await new Promise(setImmediate);
    collect();
    expect(bytes.deref()).toBeDefined();
    await model.open();
    await new Promise(setImmediate);
    collect();
    expect(bytes.deref()).toBeUndefined();
    model.release();
  });
});
