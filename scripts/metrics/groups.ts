import { Registry } from "prom-client";
import { accessMetrics } from "#runtime/metrics/access.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import { backupMetrics } from "#runtime/metrics/backups.ts";
import { dataMetrics } from "#runtime/metrics/data.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { driftMetrics } from "#runtime/metrics/drift.ts";
import { eventMetrics } from "#runtime/metrics/events.ts";
import { featureMemoryMetrics } from "#runtime/metrics/feature-memory.ts";
import { featureMetrics } from "#runtime/metrics/features.ts";
import { modelMetrics } from "#runtime/metrics/model.ts";
import { aliasMetrics } from "#runtime/metrics/models.ts";
import { predictionMetrics } from "#runtime/metrics/predictions.ts";
import { processRegistry } from "#runtime/metrics/process.ts";
import { promiseMetrics } from "#runtime/metrics/promises.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { scoreMetrics } from "#runtime/metrics/scores.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { trainingMetrics } from "#runtime/metrics/training.ts";
import { unreadableDocumentMetrics } from "#runtime/metrics/unreadable-documents.ts";

/** A file of src/runtime/metrics/, and the metrics that it makes. */
export interface MetricGroup {
  readonly file: string;
  readonly heading: string;
  readonly make: () => Registry;
}

/** In the order of a request, a night and what may go wrong. */
export const metricGroups: readonly MetricGroup[] = [
  group("requests.ts", "Requests", requestMetrics),
  group("access.ts", "Access", accessMetrics),
  group("actions.ts", "Actions", actionMetrics),
  group("events.ts", "Events", eventMetrics),
  group("features.ts", "Roll-up and features", featureMetrics),
  group("training.ts", "Training", trainingMetrics),
  group("models.ts", "Champion and challenger", aliasMetrics),
  group("drift.ts", "Drift", driftMetrics),
  group("promises.ts", "Promised against happened", promiseMetrics),
  group("backups.ts", "Backups", backupMetrics),
  group("scores.ts", "Scores", scoreMetrics),
  group("model.ts", "The model in service", modelMetrics),
  group("predictions.ts", "Predictions", predictionMetrics),
  group("feature-memory.ts", "Features in the predictor's memory", featureMemoryMetrics),
  group("skipped-users.ts", "Users left out", skippedUserMetrics),
  group("store-errors.ts", "Store errors", storeErrorMetrics),
  group("store-retries.ts", "Store retries", storeRetryMetrics),
  group("unreadable-documents.ts", "Documents left out", unreadableDocumentMetrics),
  group("dead-letters.ts", "Dead letters", (metrics) => deadLetterMetrics(metrics, async () => 0)),
  group("data.ts", "The embedded database", (metrics) =>
    dataMetrics(metrics, { look: async () => ({ used: 0, free: 0 }), mostBytes: undefined, leastFree: 0 }),
  ),
  { file: "process.ts", heading: "The process", make: processRegistry },
];

function group(file: string, heading: string, fill: (metrics: Registry) => unknown): MetricGroup {
  const make = () => {
    const metrics = new Registry();
    fill(metrics);
    return metrics;
  };
  return { file, heading, make };
}
