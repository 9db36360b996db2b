import type { Registry } from "prom-client";
import type { Risk } from "#churn/score.ts";
import { QuickCounter } from "./quick-counter.ts";
import { QuickHistogram } from "./quick-histogram.ts";

export interface PredictionMetrics {
  /** One user was given a probability. */
  predicted(risk: Risk, probability: number): void;
  /** One user has lapsed, and so has no probability. */
  lapsed(): void;
  /** One instance got no prediction. */
  refused(reason: Refusal): void;
  /** One call of the model, for all instances of a request. */
  inferred(instances: number, seconds: number): void;
}

/** Why an instance got no prediction: an unknown user, an invalid instance, or no model in service. */
export type Refusal = "unknown_user" | "invalid" | "no_model";

/** What the predictor answers, which shows a drift of its probabilities as it happens. */
export function predictionMetrics(metrics: Registry): PredictionMetrics {
  const predictions = new QuickCounter({
    name: "lapse_predictions_total",
    help: "Instances by outcome: the risk predicted (low, medium, high), or why there is none (lapsed, unknown_user, invalid, no_model)",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const probabilities = new QuickHistogram({
    name: "lapse_prediction_probability",
    help: "Predicted probabilities of churn",
    buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
    registers: [metrics],
  }).series();
  const instances = new QuickHistogram({
    name: "lapse_prediction_instances",
    help: "Instances per call of the model",
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 1000, 10000],
    registers: [metrics],
  }).series();
  const durations = new QuickHistogram({
    name: "lapse_inference_duration_seconds",
    help: "Time per call of the model",
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1],
    registers: [metrics],
  }).series();
  const of = (outcome: Risk | Refusal | "lapsed") => predictions.series({ outcome });
  const outcomes = {
    low: of("low"),
    medium: of("medium"),
    high: of("high"),
    lapsed: of("lapsed"),
    unknown_user: of("unknown_user"),
    invalid: of("invalid"),
    no_model: of("no_model"),
  };
  return {
    predicted(risk, probability) {
      outcomes[risk].add();
      probabilities.observe(probability);
    },
    lapsed() {
      outcomes.lapsed.add();
    },
    refused(reason) {
      outcomes[reason].add();
    },
    inferred(count, seconds) {
      instances.observe(count);
      durations.observe(seconds);
    },
  };
}
