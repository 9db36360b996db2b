import { createHash } from "node:crypto";
import { formatDay } from "#churn/day.ts";
import type { Dataset } from "#churn/features/dataset.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { toOnnx } from "#churn/model/onnx.ts";
import { type ReferenceBins, referenceBins } from "#churn/model/psi.ts";
import { quantile } from "#churn/quantile.ts";
import { pause } from "#runtime/pause.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { Learned } from "./learn.ts";
import { renderReport } from "./report/report.ts";

interface PublishServices {
  readonly models: ModelStore;
  readonly now: () => number;
}

/** Writes what was learned as a version of the registry: model.onnx, model.json and report.html. */
export async function publish(version: string, learned: Learned, services: PublishServices): Promise<ModelManifest> {
  const onnx = toOnnx(learned.model.parameters, learned.training.names);
  const reference = await referenceOf(learned);
  const manifest = manifestOf(version, learned, { onnx, reference, created: new Date(services.now()).toISOString() });
  await pause();
  await services.models.publish({ manifest, onnx, report: renderReport(manifest) });
  return manifest;
}

interface Made {
  readonly onnx: Uint8Array;
  readonly reference: ModelManifest["reference"];
  /** ISO 8601. */
  readonly created: string;
}

function manifestOf(version: string, learned: Learned, { onnx, reference, created }: Made): ModelManifest {
  const { definition, split, training, testProbabilities, model, evaluation, decision, seconds } = learned;
  const { l2, halfLifeDays } = model.tuning;
  return {
    schema: 1,
    name: "churn",
    version,
    created,
    sha256: createHash("sha256").update(onnx).digest("hex"),
    definition: { churn: definition.churn, actions: [...definition.actions] },
    features: [...training.names],
    parameters: model.parameters,
    typical: [...model.typical],
    associations: [...model.associations],
    thresholds: thresholdsOf(testProbabilities),
    training: {
      snapshots: split.training.map(formatDay),
      rows: training.rows,
      churned: training.y.reduce((sum, label) => sum + label, 0),
      l2,
      halfLifeDays: Number.isFinite(halfLifeDays) ? halfLifeDays : null,
      gradientNorm: model.gradientNorm,
      seconds,
    },
    test: evaluation,
    decision,
    reference,
  };
}

/** How features and probabilities are distributed in the test snapshot. */
async function referenceOf({ test, testProbabilities }: Learned): Promise<ModelManifest["reference"]> {
  const features: ReferenceBins[] = [];
  for (const j of test.names.keys()) {
    features.push(referenceBins(columnOf(test, j)));
    await pause();
  }
  return { features, probability: referenceBins(testProbabilities) };
}

/** High is what the riskiest tenth of the test users reach, medium the riskiest third. */
function thresholdsOf(probabilities: Float64Array): ModelManifest["thresholds"] {
  const sorted = probabilities.toSorted();
  return { medium: quantile(sorted, 2 / 3), high: quantile(sorted, 0.9) };
}

function columnOf({ x, rows, names }: Dataset, j: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => x[row * names.length + j] ?? 0);
}
