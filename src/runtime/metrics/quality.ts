import type { Gauge } from "prom-client";
import type { Quality } from "#churn/model/quality.ts";

/** Sets a gauge with the label `metric` to each measure of a model's quality that is known. */
export function setQuality(
  gauge: Gauge<string>,
  { auc, logLoss, brier, ece }: Quality,
  labels: Readonly<Record<string, string>> = {},
): void {
  for (const [metric, value] of Object.entries({ auc, log_loss: logLoss, brier, ece }))
    if (value !== null) gauge.set({ ...labels, metric }, value);
}
