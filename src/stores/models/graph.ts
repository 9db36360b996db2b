import { createHash } from "node:crypto";
import type { InferenceSession } from "onnxruntime-node";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { probesOf } from "#churn/model/probes.ts";
import { CorruptModel } from "./failures.ts";
import type { StoredModel } from "./model-store.ts";

/** The graph of a model, `model.onnx`, in a session of ONNX Runtime. */
export interface Graph {
  /** One probability for each of row-major rows. */
  run(rows: Float64Array): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/** How far the graph may be from the formula of the manifest. */
const tolerance = 1e-6;

/**
 * Opens a session for a model's graph and runs it once, which warms it and shows that graph and manifest are of one model.
 *
 * @throws CorruptModel when the graph does not load, or its probabilities are not those of the manifest.
 */
export async function openGraph({ manifest, onnx }: StoredModel): Promise<Graph> {
  const graph = await openSession(manifest, onnx);
  try {
    await checkAgainstFormula(manifest, graph);
  } catch (error) {
    await graph.dispose();
    throw error;
  }
  return graph;
}

/**
 * What `openGraph` compares of a model, as a sha256 in hex. Who publishes a version stores it as `heldTo` once the graph has been
 * compared: where it is still the same, the graph and the formula are those of then, and agree.
 */
export function comparedIn({ sha256, features, parameters, typical }: ModelManifest): string {
  return createHash("sha256")
    .update(JSON.stringify([sha256, features, parameters, typical]))
    .digest("hex");
}

/** ONNX Runtime. Rejects where it does not load, as on a system that its library was not made for. */
export function loadRuntime(): Promise<typeof import("onnxruntime-node")> {
  // Left unset, it would send usage data to its maker.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  // Imported here, because the native library takes as long to load as the rest of the function together.
  return import("onnxruntime-node");
}

async function openSession(manifest: ModelManifest, onnx: Uint8Array): Promise<Graph> {
  const { InferenceSession, Tensor } = await loadRuntime();
  let session: InferenceSession;
  try {
    // A row is too little work to share among threads; waking them would cost more than it gains.
    session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (cause) {
    throw new CorruptModel(`loading model ${manifest.version}: model.onnx is not a graph that can run`, { cause });
  }
  const width = manifest.features.length;
  const fetches = ["probability"];
  return {
    async run(rows) {
      const features = new Tensor("float64", rows, [rows.length / width, width]);
      const { probability: output } = await session.run({ features }, fetches);
      if (!(output?.data instanceof Float64Array)) {
        throw new CorruptModel(`running model ${manifest.version}: output probability is not a float64 tensor`);
      }
      return output.data;
    },
    dispose: () => session.release(),
  };
}

async function checkAgainstFormula(manifest: ModelManifest, graph: Graph): Promise<void> {
  const { version, parameters, typical } = manifest;
  const vectors = probesOf(parameters, typical);
  let outputs: Float64Array;
  try {
    outputs = await graph.run(Float64Array.from(vectors.flat()));
  } catch (cause) {
    throw new CorruptModel(`checking model ${version}: its graph does not run on its features`, { cause });
  }
  for (const [row, vector] of vectors.entries()) {
    const expected = probabilityOf(parameters, vector);
    const actual = outputs[row];
    if (actual === undefined || !(Math.abs(actual - expected) <= tolerance)) {
      throw new CorruptModel(
        `checking model ${version}: model.onnx gives ${actual} where model.json gives ${expected}`,
      );
    }
  }
}
