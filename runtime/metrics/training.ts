import { Gauge, Histogram, type Registry } from "prom-client";
import type { ModelManifest } from "../../churn/manifest.ts";

export interface TrainingMetrics {
  /** A version was trained and published, promoted or not. */
  trained(manifest: ModelManifest): void;
}

/** Training runs, and how good the last model was out of time. */
export function trainingMetrics(registry: Registry): TrainingMetrics {
  const durations = new Histogram({
    name: "lapse_training_duration_seconds",
    help: "Time to read the log, train and judge a model",
    labelNames: ["outcome"],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    registers: [registry],
  });
  const rows = new Gauge({
    name: "lapse_training_rows",
    help: "Labelled rows that the last model was trained on",
    registers: [registry],
  });
  const quality = new Gauge({
    name: "lapse_training_quality",
    help: "Out-of-time quality of the last model, by metric",
    labelNames: ["metric"],
    registers: [registry],
  });
  return {
    trained({ decision, training, test }) {
      durations.observe({ outcome: decision.promoted ? "promoted" : "rejected" }, training.seconds);
      rows.set(training.rows);
      quality.set({ metric: "auc" }, test.auc.value);
      quality.set({ metric: "log_loss" }, test.logLoss.value);
      quality.set({ metric: "brier" }, test.brier.value);
      quality.set({ metric: "ece" }, test.ece.value);
    },
  };
}
