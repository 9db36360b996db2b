import { createHash } from "node:crypto";
import type { FeatureDefinition } from "#churn/definition.ts";
import { parseFeature } from "#churn/features/catalogue.ts";
import { featureNames } from "#churn/features/features.ts";
import { evaluate } from "#churn/metrics/evaluate.ts";
import { sigmoid } from "#churn/model/logistic.ts";
import type { Evaluation, ModelManifest } from "#churn/model/manifest.ts";
import { toOnnx } from "#churn/model/onnx/to-onnx.ts";
import type { ModelParameters, TreeNode, TreesParameters } from "#churn/model/parameters.ts";
import { randomFrom } from "#churn/random.ts";
import { comparedIn } from "#stores/models/graph.ts";

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
  const parameters = overrides.parameters ?? exampleParameters(features);
  const onnx = toOnnx(parameters, features);
  const manifest: ModelManifest = {
    schema: 2,
    name: "churn",
    version: "20240601T020000Z-example",
    created: "2024-06-01T02:00:00.000Z",
    sha256: createHash("sha256").update(onnx).digest("hex"),
    definition: { churn: definition.churn, actions: [...definition.actions] },
    features,
    parameters,
    proof: { parameters, snapshots: ["2024-01-02", "2024-02-01"], rows: 3_900, churned: 980 },
    typical: features.map((name) => columnOf(name).typical),
    associations: features.map((name) => columnOf(name).weight),
    importances: features.map((name) => Math.abs(columnOf(name).weight)),
    thresholds: { medium: 0.25, high: 0.5 },
    training: {
      snapshots: ["2024-01-02", "2024-02-01", "2024-03-02"],
      rows: 5_900,
      churned: 1_480,
      halfLifeDays: null,
      l2: 30,
      gradientNorm: 3e-11,
      families: [
        { kind: "logistic", logLoss: 0.412 },
        { kind: "blend", logLoss: 0.413 },
        { kind: "trees", logLoss: 0.42 },
      ],
      seconds: 0.4,
    },
    test: evaluation(),
    peers: { recency: evaluation(6), plainRate: evaluation(0) },
    decision: {
      promoted: true,
      reason: "first model: better than the plain rate",
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
  return { manifest: { ...manifest, heldTo: comparedIn(manifest) }, onnx };
}

/** The features of a model's typical user, but last seen so many days ago. */
export function vectorAway({ features, typical }: ModelManifest, daysSinceLast: number): number[] {
  return features.map((name, j) => (name === "days_since_last" ? daysSinceLast : (typical[j] ?? 0)));
}

/** The manifest of `exampleModel`. */
export function exampleManifest(overrides: Partial<ModelManifest> = {}): ModelManifest {
  return exampleModel(overrides).manifest;
}

/** A logistic regression on these features, by default those of the example. */
export function exampleParameters(
  features: readonly string[] = featureNames(definition),
): Extract<ModelParameters, { kind: "logistic" }> {
  const columns = features.map(columnOf);
  return {
    kind: "logistic",
    scaling: {
      low: columns.map(({ low }) => low),
      high: columns.map(({ high }) => high),
      transform: columns.map(({ low }) => (low < 0 ? "identity" : "log1p")),
      center: columns.map(({ low, typical }) => (low < 0 ? typical : Math.log1p(typical))),
      scale: columns.map(() => 0.8),
    },
    linear: { weights: columns.map(({ weight }) => weight), intercept: -1.11 },
  };
}

/** Three trees, each of which splits two of the features near their typical values. */
export function exampleTrees(typical: readonly number[]): TreesParameters {
  const split = (feature: number, above: number, below: TreeNode, rest: TreeNode): TreeNode => ({
    feature,
    threshold: (typical[feature] ?? 0) + above,
    below,
    above: rest,
  });
  const tree = (first: number, size: number) =>
    split(
      first,
      0.5,
      split(first + 1, -0.5, { value: size }, { value: -size }),
      split(first + 1, 2, { value: 2 * size }, { value: -2 * size }),
    );
  return { base: -1, trees: [tree(0, 0.1), tree(1, -0.2), tree(2, 0.3)] };
}

interface Column {
  readonly low: number;
  readonly high: number;
  readonly typical: number;
  readonly weight: number;
}

function columnOf(name: string): Column {
  const feature = parseFeature(name);
  const days = Number(/_(\d+)d$/.exec(name)?.[1] ?? 1);
  return columns.get(feature?.kind ?? "")?.(days) ?? { low: 0, high: 100, typical: 4, weight: 0.1 };
}

/**
 * By kind, for a window of so many days. Someone active lately and often stays; one silent for longer than usual
 * leaves.
 */
const columns = new Map<string, (days: number) => Column>(
  Object.entries({
    "actions_{days}d": (days) => ({ low: 0, high: 5 * days, typical: Math.ceil(days / 5), weight: -0.06 }),
    "count_{action}_{days}d": (days) => ({ low: 0, high: 5 * days, typical: Math.ceil(days / 5), weight: -0.06 }),
    "active_days_{days}d": (days) => ({ low: 0, high: days, typical: Math.ceil(days / 8), weight: -0.14 }),
    "value_{days}d": (days) => ({ low: 0, high: 40 * days, typical: days, weight: -0.02 }),
    "days_since_{action}_up_to_{days}d": () => ({ low: 1, high: 180, typical: 9, weight: 0.15 }),
    days_since_last: () => ({ low: 1, high: 90, typical: 5, weight: 0.7 }),
    days_since_first: () => ({ low: 1, high: 700, typical: 210, weight: -0.1 }),
    lifetime_active_days: () => ({ low: 1, high: 300, typical: 40, weight: -0.2 }),
    mean_gap_days: () => ({ low: 1, high: 90, typical: 6, weight: 0.25 }),
    longest_gap_days: () => ({ low: 1, high: 180, typical: 21, weight: 0.05 }),
    overdue_ratio: () => ({ low: 0, high: 20, typical: 0.8, weight: 0.45 }),
    "trend_{days}d": () => ({ low: -1, high: 1, typical: 0, weight: -0.3 }),
    median_gap_days: () => ({ low: 1, high: 90, typical: 4, weight: 0.03 }),
    sd_gap_days: () => ({ low: 0, high: 60, typical: 5, weight: 0.02 }),
    gap_variation: () => ({ low: 0, high: 3, typical: 0.9, weight: -0.02 }),
    last_gap_days: () => ({ low: 1, high: 120, typical: 5, weight: 0.03 }),
    second_last_gap_days: () => ({ low: 1, high: 120, typical: 5, weight: 0.02 }),
    mean_log_gap: () => ({ low: 0, high: 4.5, typical: 1.4, weight: 0.02 }),
    sd_log_gap: () => ({ low: 0, high: 1.6, typical: 0.9, weight: -0.01 }),
    gap_days_90th_percentile: () => ({ low: 1, high: 120, typical: 12, weight: 0.02 }),
    gaps_as_long_as_present: () => ({ low: 0, high: 150, typical: 14, weight: -0.03 }),
    share_of_gaps_as_long_as_present: () => ({ low: 0.01, high: 0.98, typical: 0.4, weight: -0.03 }),
    "share_back_within_{days}d": () => ({ low: 0.1, high: 0.99, typical: 0.9, weight: -0.03 }),
    overdue_ratio_to_median: () => ({ low: 0, high: 20, typical: 1.2, weight: 0.02 }),
    overdue_ratio_to_longest: () => ({ low: 0, high: 20, typical: 0.25, weight: 0.02 }),
    overdue_ratio_to_90th_percentile: () => ({ low: 0, high: 20, typical: 0.4, weight: 0.02 }),
    log_overdue: () => ({ low: -2, high: 4, typical: 0.2, weight: 0.02 }),
    standardised_log_overdue: () => ({ low: -2, high: 4, typical: 0.2, weight: 0.02 }),
    "decayed_active_days_{hours}h": () => ({ low: 0, high: 60, typical: 2, weight: -0.02 }),
    "decayed_value_{hours}h": () => ({ low: 0, high: 900, typical: 9, weight: -0.01 }),
    "decayed_count_{action}_{hours}h": () => ({ low: 0, high: 120, typical: 2, weight: -0.01 }),
    lifetime_actions: () => ({ low: 1, high: 900, typical: 60, weight: -0.03 }),
    actions_per_active_day: () => ({ low: 1, high: 9, typical: 1.5, weight: -0.02 }),
    "actions_{days}d_a_year_ago": () => ({ low: 0, high: 60, typical: 0, weight: -0.01 }),
    "active_days_{days}d_a_year_ago": () => ({ low: 0, high: 30, typical: 0, weight: -0.01 }),
    lifetime_value: () => ({ low: 0, high: 9_000, typical: 300, weight: -0.02 }),
    value_of_last_day: () => ({ low: 0, high: 300, typical: 0, weight: -0.02 }),
    value_per_active_day: () => ({ low: 0, high: 200, typical: 8, weight: -0.01 }),
    "lifetime_count_{action}": () => ({ low: 0, high: 900, typical: 30, weight: -0.02 }),
    weekend_share: () => ({ low: 0, high: 1, typical: 0.28, weight: 0.01 }),
    commonest_weekday_share: () => ({ low: 0.15, high: 0.6, typical: 0.2, weight: -0.01 }),
  }),
);

/**
 * Of 1,000 made-up users whose probabilities are right: each churns with the probability that it was given. The log-odds
 * differ by up to `spread`, by which a model ranks.
 */
function evaluation(spread = 8): Evaluation {
  const random = randomFrom("example");
  const p = Array.from({ length: 1_000 }, () => sigmoid(1 - spread + spread * random() ** 0.8));
  const users = p.map((_, i) => `user-${i}`);
  return evaluate(
    { y: p.map((chance) => (random() < chance ? 1 : 0)), p, users, snapshots: [19_814] },
    { resamples: 30 },
  );
}
