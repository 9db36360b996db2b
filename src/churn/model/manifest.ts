import * as z from "zod";

const churnDefinition = z.strictObject({
  churnDays: z.int().min(1),
  leadDays: z.int().min(0),
  observeDays: z.int().min(1),
});

/** An estimate with the bounds of its 95 % bootstrap interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

const decile = z.object({
  /** 1 is the riskiest tenth. */
  decile: z.int(),
  users: z.int(),
  churned: z.int(),
  meanProbability: z.number(),
  /** Share of the decile that churned, over the share of all. */
  lift: z.number(),
  /** Share of all churners found in this decile and the riskier ones. */
  capture: z.number(),
});

const reliabilityBin = z.object({ meanProbability: z.number(), observed: z.number(), users: z.int() });

/** Quality on users and a period that the model has not seen. */
export const evaluationSchema = z.object({
  /** ISO dates of the test snapshots. */
  snapshots: z.array(z.string()),
  rows: z.int(),
  churned: z.int(),
  auc: estimate,
  prAuc: estimate,
  logLoss: estimate,
  brier: estimate,
  /** Expected calibration error over 10 bins of equal width. */
  ece: estimate,
  deciles: z.array(decile),
  reliability: z.array(reliabilityBin),
  /** Points of the ROC curve, thinned for drawing. */
  roc: z.array(z.object({ falsePositiveRate: z.number(), truePositiveRate: z.number() })),
  /** Users in 20 equal bins of probability, those who stayed and those who churned. */
  distribution: z.object({ stayed: z.array(z.int()), churned: z.array(z.int()) }),
});

/**
 * log-odds = calibration.slope * (intercept + sum_j weights[j] * (t(clip(x_j)) - center[j]) / scale[j])
 *            + calibration.intercept, with t the identity or log1p by `transform[j]`.
 */
const logisticParameters = z.object({
  kind: z.literal("logistic"),
  low: z.array(z.number()),
  high: z.array(z.number()),
  transform: z.array(z.enum(["identity", "log1p"])),
  center: z.array(z.number()),
  scale: z.array(z.number()),
  weights: z.array(z.number()),
  intercept: z.number(),
  calibration: z.object({ slope: z.number(), intercept: z.number() }),
});

/** `model.json`, the description that stands beside every `model.onnx`. */
export const manifestSchema = z.object({
  schema: z.literal(1),
  name: z.literal("churn"),
  version: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  created: z.string(),
  /** sha256 of model.onnx, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  definition: z.object({ churn: churnDefinition, actions: z.array(z.string()) }),
  /** The model's input in order. */
  features: z.array(z.string()),
  parameters: z.discriminatedUnion("kind", [logisticParameters]),
  /** Median of each feature in the training rows: what reasons compare with. */
  typical: z.array(z.number()),
  /**
   * How each feature goes with churn in the training rows, -1 … 1 (see associationsOf): which of a group's values a
   * reason tells. Absent in versions from before it was stored.
   */
  associations: z.array(z.number()).optional(),
  /** Probabilities from which the risk is called medium and high. */
  thresholds: z.object({ medium: z.number(), high: z.number() }),
  training: z.object({
    snapshots: z.array(z.string()),
    rows: z.int(),
    churned: z.int(),
    /** Strength of the L2 penalty, chosen on later training snapshots. */
    l2: z.number(),
    /** A training row this much older counts half as much, chosen likewise; null: all count alike. */
    halfLifeDays: z.number().nullable(),
    gradientNorm: z.number(),
    seconds: z.number(),
  }),
  test: evaluationSchema,
  /** Why it was or was not put into service, against the champion of that moment on the same test rows. */
  decision: z.object({
    promoted: z.boolean(),
    /** In words. */
    reason: z.string(),
    /** The champion's version; null when there was none. */
    champion: z.string().nullable(),
    /** How good the champion was on those rows; null when there was none to compare with. */
    championAuc: z.number().nullable(),
    championLogLoss: z.number().nullable(),
    /** Absent in versions from before they were stored. */
    championBrier: z.number().nullable().optional(),
    championEce: z.number().nullable().optional(),
  }),
  /** How features and probabilities were distributed in the test snapshot: PSI compares with it. */
  reference: z.object({
    features: z.array(z.object({ edges: z.array(z.number()), shares: z.array(z.number()) })),
    probability: z.object({ edges: z.array(z.number()), shares: z.array(z.number()) }),
  }),
});

export type ModelManifest = z.infer<typeof manifestSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;
export type LogisticParameters = z.infer<typeof logisticParameters>;
export type ModelParameters = ModelManifest["parameters"];
