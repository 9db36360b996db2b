import { createHash } from "node:crypto";
import type { FeatureDefinition } from "#churn/definition.ts";
import { type Feature, parseFeature } from "#churn/features/feature.ts";
import { featureNames } from "#churn/features/features.ts";
import { evaluate } from "#churn/metrics/evaluate.ts";
import { sigmoid } from "#churn/model/logistic.ts";
import type { Evaluation, LogisticParameters, ModelManifest } from "#churn/model/manifest.ts";
import { toOnnx } from "#churn/model/onnx.ts";
import { randomFrom } from "#churn/random.ts";

const definition: FeatureDefinition = {
  churn: { churnDays: 30, leadDays: 0, observeDays: 90 },
  actions: ["login", "purchase"],
};

/**
 * A small, plausible model for tests, builds and benchmarks, with its `model.onnx`. The sha256 fits the bytes, which
 * follow from the parameters and features after the overrides.
 */
export function exampleModel(overrides: Partial<ModelManifest> = {}): { manifest: ModelManifest; onnx: Uint8Array } {
  const features = overrides.features ?? [...featureNames(definition)];
  const parameters = overrides.parameters ?? parametersFor(features);
  const onnx = toOnnx(parameters, features);
  const manifest: ModelManifest = {
    schema: 1,
    name: "churn",
    version: "20240601T020000Z-example",
    created: "2024-06-01T02:00:00.000Z",
    sha256: createHash("sha256").update(onnx).digest("hex"),
    definition: { churn: definition.churn, actions: [...definition.actions] },
    features,
    parameters,
    typical: features.map((name) => columnOf(name).typical),
    thresholds: { medium: 0.25, high: 0.5 },
    training: {
      snapshots: ["2024-01-02", "2024-02-01", "2024-03-02"],
      rows: 5_900,
      churned: 1_480,
      l2: 1,
      halfLifeDays: null,
      gradientNorm: 3e-11,
      seconds: 0.4,
    },
    test: evaluation(),
    decision: {
      promoted: true,
      reason: "first model, better than chance",
      champion: null,
      championAuc: null,
      championLogLoss: null,
    },
    reference: {
      features: features.map((name) => ({ edges: [columnOf(name).typical], shares: [0.5, 0.5] })),
      probability: { edges: [0.05, 0.12, 0.21, 0.37], shares: [0.2, 0.2, 0.2, 0.2, 0.2] },
    },
    ...overrides,
  };
  return { manifest, onnx };
}

/** The features of a model's typical user, but last seen so many days ago. */
export function vectorAway({ features, typical }: ModelManifest, daysSinceLast: number): number[] {
  return features.map((name, j) => (name === "days_since_last" ? daysSinceLast : (typical[j] ?? 0)));
}

/** The manifest of `exampleModel`. */
export function exampleManifest(overrides: Partial<ModelManifest> = {}): ModelManifest {
  return exampleModel(overrides).manifest;
}

function parametersFor(features: readonly string[]): LogisticParameters {
  const columns = features.map(columnOf);
  return {
    kind: "logistic",
    low: columns.map(({ low }) => low),
    high: columns.map(({ high }) => high),
    transform: columns.map(({ low }) => (low < 0 ? "identity" : "log1p")),
    center: columns.map(({ low, typical }) => (low < 0 ? typical : Math.log1p(typical))),
    scale: columns.map(() => 0.8),
    weights: columns.map(({ weight }) => weight),
    intercept: -1.2,
    calibration: { slope: 0.95, intercept: 0.03 },
  };
}

interface Column {
  readonly low: number;
  readonly high: number;
  readonly typical: number;
  readonly weight: number;
}

function columnOf(name: string): Column {
  const feature = parseFeature(name);
  return feature === undefined ? { low: 0, high: 100, typical: 4, weight: 0.1 } : columnFor(feature);
}

/** Someone active lately and often stays; one silent for longer than usual leaves. */
function columnFor(feature: Feature): Column {
  switch (feature.kind) {
    case "actions":
    case "count":
      return { low: 0, high: 5 * feature.days, typical: Math.ceil(feature.days / 5), weight: -0.06 };
    case "active_days":
      return { low: 0, high: feature.days, typical: Math.ceil(feature.days / 8), weight: -0.14 };
    case "value":
      return { low: 0, high: 40 * feature.days, typical: feature.days, weight: -0.02 };
    case "since":
      return { low: 1, high: 180, typical: 9, weight: 0.15 };
    case "recency":
      return { low: 1, high: 90, typical: 5, weight: 0.7 };
    case "tenure":
      return { low: 1, high: 700, typical: 210, weight: -0.1 };
    case "lifetime_days":
      return { low: 1, high: 300, typical: 40, weight: -0.2 };
    case "mean_gap":
      return { low: 1, high: 90, typical: 6, weight: 0.25 };
    case "longest_gap":
      return { low: 1, high: 180, typical: 21, weight: 0.05 };
    case "overdue":
      return { low: 0, high: 20, typical: 0.8, weight: 0.45 };
    case "trend":
      return { low: -1, high: 1, typical: 0, weight: -0.3 };
  }
}

/** Of 1,000 made-up users whose probabilities are right: each churns with the probability that it was given. */
function evaluation(): Evaluation {
  const random = randomFrom("example");
  const p = Array.from({ length: 1_000 }, () => sigmoid(-7 + 8 * random() ** 0.8));
  const users = p.map((_, i) => `user-${i}`);
  return evaluate(
    { y: p.map((chance) => (random() < chance ? 1 : 0)), p, users, snapshots: [19_814] },
    { resamples: 30 },
  );
}
