import type { Gauge } from "prom-client";
import type { ModelManifest } from "../../churn/manifest.ts";

/** Sets a gauge with the label `metric` to each measure of a model's quality out of time. */
export function setQuality(
  gauge: Gauge<string>,
  { test }: Pick<ModelManifest, "test">,
  labels: Readonly<Record<string, string>> = {},
): void {
  gauge.set({ ...labels, metric: "auc" }, test.auc.value);
  gauge.set({ ...labels, metric: "log_loss" }, test.logLoss.value);
  gauge.set({ ...labels, metric: "brier" }, test.brier.value);
  gauge.set({ ...labels, metric: "ece" }, test.ece.value);
}
