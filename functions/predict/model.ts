import type { InferenceSession } from "onnxruntime-node";
import { featureNames } from "#churn/features/features.ts";
import { compiled, type RowProbability } from "#churn/model/compiled.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { type ModelParameters, partsOf } from "#churn/model/parameters.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { probesOf } from "#churn/model/probes.ts";
import { splitsOf } from "#churn/model/trees.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import type { StoredModel } from "#stores/models/model-store.ts";
import { batched, type Scorer } from "./batched.ts";

/**
 * Up to this many rows the formula takes less time than a run of the graph, for a blend of 200 trees on 188 features: 9 µs
 * a row against 22 µs a run and 4 µs a row.
 */
const mostByFormula = 4;

/**
 * One model version, ready to predict. Each user of it holds a reference, and its session lives until the last
 * reference is released: a request that began on a version ends on it, even if the champion changes meanwhile.
 */
export class ServedModel {
  readonly manifest: ModelManifest;
  /**
   * Probabilities of churn for row-major rows of finite numbers in the order of `manifest.features`: of few rows at once, by
   * the formula of the manifest; of more by the graph, which `openModel` has held to it.
   */
  readonly probabilities: (rows: Float64Array) => Float64Array | Promise<Float64Array>;
  readonly #dispose: () => Promise<void>;
  #references = 1;

  /** The caller holds the first reference. */
  constructor(manifest: ModelManifest, score: Scorer, dispose: () => Promise<void>) {
    const width = manifest.features.length;
    this.manifest = manifest;
    const formula = compiled(manifest.parameters);
    const byGraph = batched(score, width);
    this.probabilities = (rows) =>
      rows.length <= mostByFormula * width ? byFormula(formula, rows, width) : byGraph(rows);
    this.#dispose = dispose;
  }

  /** Takes a further reference; false when the last one is gone already. */
  retain(): boolean {
    if (this.#references === 0) return false;
    this.#references += 1;
    return true;
  }

  release(): void {
    this.#references -= 1;
    // A failure to dispose concerns no caller: the memory is then freed with the process.
    if (this.#references === 0) this.#dispose().catch(() => undefined);
  }
}

function byFormula(formula: RowProbability, rows: Float64Array, width: number): Float64Array {
  const probabilities = new Float64Array(rows.length / width);
  for (let row = 0; row < probabilities.length; row++) probabilities[row] = formula(rows, row * width);
  return probabilities;
}

/** How far the ONNX graph may be from the formula of the manifest. */
const tolerance = 1e-6;

/**
 * Opens a session for a model and runs it once, which warms it and shows that graph and manifest are of one model.
 *
 * @throws CorruptModel when the graph does not load, or its probabilities are not those of the manifest.
 */
export async function openModel({ manifest, onnx }: StoredModel): Promise<ServedModel> {
  checkLengths(manifest);
  const score = await openSession(manifest, onnx);
  try {
    await checkAgainstFormula(manifest, score.run);
  } catch (error) {
    await score.dispose();
    throw error;
  }
  return new ServedModel(manifest, score.run, score.dispose);
}

async function openSession(
  manifest: ModelManifest,
  onnx: Uint8Array,
): Promise<{ run: Scorer; dispose: () => Promise<void> }> {
  // Left unset, it would send usage data to its maker.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  // Imported here, because the native library takes as long to load as the rest of the function together.
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
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

/** The schema cannot say that one array is as long as another. */
function checkLengths({ version, features, typical, parameters, definition }: ModelManifest): void {
  for (const [name, length] of [["typical", typical.length] as const, ...lengthsOf(parameters)]) {
    if (length !== features.length) {
      throw new CorruptModel(`loading model ${version}: ${name} has ${length} entries for ${features.length} features`);
    }
  }
  const asked = splitsOf(parameters).find(({ feature }) => feature >= features.length);
  if (asked !== undefined) {
    throw new CorruptModel(`loading model ${version}: a tree splits on feature ${asked.feature} of ${features.length}`);
  }
  const defined = new Set(featureNames(definition));
  const undefinedNames = features.filter((name) => !defined.has(name));
  if (undefinedNames.length > 0) {
    throw new CorruptModel(`loading model ${version}: no definition of feature ${undefinedNames.join(", ")}`);
  }
}

function lengthsOf(parameters: ModelParameters): (readonly [string, number])[] {
  const { scaling, linear } = partsOf(parameters);
  const columns = Object.entries({ ...scaling, ...(linear && { weights: linear.part.weights }) });
  return columns.map(([name, column]) => [name, column.length]);
}

async function checkAgainstFormula(manifest: ModelManifest, score: Scorer): Promise<void> {
  const { version, parameters, typical } = manifest;
  const vectors = probesOf(parameters, typical);
  let outputs: Float64Array;
  try {
    outputs = await score(Float64Array.from(vectors.flat()));
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
