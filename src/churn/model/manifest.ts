import * as z from "zod";
import { decisionSchema } from "../gate/decision.ts";
import { segmentsSchema } from "../segments/judge-segments.ts";
import { estimateSchema as estimate } from "./estimate.ts";
import { parametersSchema } from "./parameters.ts";
import { upgraded } from "./upgrade.ts";

const churnDefinition = z.strictObject({
  churnDays: z.int().min(1),
  leadDays: z.int().min(0),
  observeDays: z.int().min(1),
  action: z.string().min(1).optional(),
  returnAction: z.string().min(1).optional(),
  passive: z.array(z.string()).readonly().optional(),
});

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
  /** Share of those who churned that the riskiest tenth of the rows held; absent in versions from before it was stored. */
  capture: estimate.optional(),
  deciles: z.array(decile),
  reliability: z.array(reliabilityBin),
  /** Points of the ROC curve, thinned for drawing. */
  roc: z.array(z.object({ falsePositiveRate: z.number(), truePositiveRate: z.number() })),
  /** Users in 20 equal bins of probability, those who stayed and those who churned. */
  distribution: z.object({ stayed: z.array(z.int()), churned: z.array(z.int()) }),
});

/** `model.json`, the description that stands beside every `model.onnx`. */
const currentSchema = z.object({
  schema: z.literal(2),
  name: z.literal("churn"),
  version: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  created: z.string(),
  /** sha256 of model.onnx, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What the graph was held to when the version was published (see comparedIn); absent in versions from before it was. */
  heldTo: z.string().optional(),
  definition: z.object({ churn: churnDefinition, actions: z.array(z.string()) }),
  /** The model's input in order. */
  features: z.array(z.string()),
  /** What serves: fitted to every outcome that was known. */
  parameters: parametersSchema,
  /**
   * The model that was judged: of the same family, fitted by the same rules to what was known before the first snapshot
   * of the test. A later gate compares proofs, as neither has seen the outcomes of the snapshots that it judges on.
   * Absent in versions from before there were two: these serve the model that was judged.
   */
  proof: z
    .object({
      parameters: parametersSchema,
      /** ISO dates of the snapshots that it learned from. */
      snapshots: z.array(z.string()),
      rows: z.int(),
      churned: z.int(),
    })
    .optional(),
  /** Median of each feature in the training rows: what reasons compare with. */
  typical: z.array(z.number()),
  /**
   * How each feature goes with churn in the training rows, -1 … 1 (see associationsOf): which of a group's values a
   * reason tells.
   */
  associations: z.array(z.number()),
  /** By how much each feature moves the log-odds of a user on average, either way (see importances). */
  importances: z.array(z.number()),
  /** Probabilities from which the risk is called medium and high: what the riskiest third and tenth at the end of the log reach. */
  thresholds: z.object({ medium: z.number(), high: z.number() }),
  training: z.object({
    snapshots: z.array(z.string()),
    rows: z.int(),
    churned: z.int(),
    /** A training row this much older counts half as much; null: all count alike. */
    halfLifeDays: z.number().nullable(),
    /** Strength of the L2 penalty of the linear part, and the relative norm of the gradient that it was fitted to. */
    l2: z.number(),
    gradientNorm: z.number(),
    /** Mean log loss of each family on later training snapshots; empty where there were too few to compare on. */
    families: z.array(z.object({ kind: z.enum(["logistic", "trees", "blend"]), logLoss: z.number() })),
    seconds: z.number(),
  }),
  /** How good the proof is. */
  test: evaluationSchema,
  /** How good simpler rules are on the same rows; absent in versions from before they were stored. */
  peers: z
    .object({
      /** A logistic regression on the days since the last action alone. */
      recency: evaluationSchema,
      /** The share of the training rows that churned, for everybody. */
      plainRate: evaluationSchema,
    })
    .optional(),
  /**
   * How good the proof is by tenure, activity and value, on the same rows, beside the champion of that moment; absent in
   * versions from before it was stored.
   */
  segments: segmentsSchema.optional(),
  /** Why it was or was not put into service, against the champion of that moment on the same test rows. */
  decision: decisionSchema,
  /** How features and probabilities were distributed among the users at the end of the log: PSI compares with it. */
  reference: z.object({
    features: z.array(z.object({ edges: z.array(z.number()), shares: z.array(z.number()) })),
    probability: z.object({ edges: z.array(z.number()), shares: z.array(z.number()) }),
  }),
});

/** `model.json` as it is written now, or as it was written before, brought to what it is now. */
export const manifestSchema = z.preprocess(upgraded, currentSchema);

export type ModelManifest = z.infer<typeof currentSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;
