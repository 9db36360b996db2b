import { featureNames } from "#churn/features/features.ts";
import { compiled, type RowProbability } from "#churn/model/compiled.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { type ModelParameters, partsOf } from "#churn/model/parameters.ts";
import { splitsOf } from "#churn/model/trees.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { comparedIn, type Graph, openGraph } from "#stores/models/graph.ts";
import type { StoredModel } from "#stores/models/model-store.ts";
import { batched } from "./batched.ts";

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
   * the formula of the manifest; of more by the graph, which is held to it when it is opened.
   */
  readonly probabilities: (rows: Float64Array) => Float64Array | Promise<Float64Array>;
  readonly #graph: OpenedOnce;
  #references = 1;

  /** The caller holds the first reference. */
  constructor(manifest: ModelManifest, graph: OpenedOnce) {
    const width = manifest.features.length;
    this.manifest = manifest;
    const formula = compiled(manifest.parameters);
    const byGraph = batched(async (batch) => (await graph.get()).run(batch), width);
    this.probabilities = (rows) =>
      rows.length <= mostByFormula * width ? byFormula(formula, rows, width) : byGraph(rows);
    this.#graph = graph;
  }

  /**
   * Opens the graph unless that was done, and rejects if it failed, now or then: for requests that need it the model is then of no use.
   *
   * @throws CorruptModel when the graph does not load, or its probabilities are not those of the manifest.
   */
  async open(): Promise<void> {
    await this.#graph.get();
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
    if (this.#references === 0) this.#graph.dispose().catch(() => undefined);
  }
}

/** A model's graph, which is opened when first asked for. A failure stays: every request would only fail as slowly again. */
export class OpenedOnce {
  readonly #open: (stored: StoredModel) => Promise<Graph>;
  /** Let go once it is opened: the session has a copy of the bytes. */
  #stored: StoredModel | undefined;
  #opened: Promise<Graph> | undefined;

  constructor(stored: StoredModel, open: (stored: StoredModel) => Promise<Graph> = openGraph) {
    this.#stored = stored;
    this.#open = open;
  }

  /** Rejects if opening it fails or has failed. */
  get(): Promise<Graph> {
    if (this.#stored !== undefined) {
      this.#opened = this.#open(this.#stored);
      this.#stored = undefined;
    }
    return this.#opened ?? Promise.reject(new Error("The graph was disposed of before it was opened."));
  }

  async dispose(): Promise<void> {
    this.#stored = undefined;
    const graph = await this.#opened?.catch(() => undefined);
    await graph?.dispose();
  }
}

function byFormula(formula: RowProbability, rows: Float64Array, width: number): Float64Array {
  const probabilities = new Float64Array(rows.length / width);
  for (let row = 0; row < probabilities.length; row++) probabilities[row] = formula(rows, row * width);
  return probabilities;
}

/**
 * When the graph is opened and held to the formula: before the model serves, or, if that was done when it was published, for the
 * first run or when `ServedModel.open` is called.
 */
export type GraphOpening = "before it serves" | "when it is needed";

/**
 * Makes a stored model ready to predict. Where the graph is opened when it is needed, few rows are predicted without ONNX Runtime, whose
 * library takes as long to load as the rest of a function together; should the graph then not agree, the requests that need it fail, and who
 * put the model into service has to find out by `ServedModel.open`.
 *
 * @throws CorruptModel when the graph does not load, or its probabilities are not those of the manifest.
 */
export async function openModel(stored: StoredModel, opening: GraphOpening = "before it serves"): Promise<ServedModel> {
  const { manifest } = stored;
  checkLengths(manifest);
  const graph = new OpenedOnce(stored);
  if (opening === "before it serves" || manifest.heldTo !== comparedIn(manifest)) await graph.get();
  return new ServedModel(manifest, graph);
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
