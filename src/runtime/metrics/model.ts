import { Counter, Gauge, type Registry } from "prom-client";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { unsetGauge } from "./unset-gauge.ts";

export interface ModelMetrics {
  /** A version was put into service in place of the former one; `time` in milliseconds since the epoch. */
  served(model: Pick<ModelManifest, "version" | "created">, time: number): void;
  /** Whether the version in service stands in for one that is lost or damaged. */
  standsIn(yes: boolean): void;
  /** The version in service was taken out of it, without another in its place. */
  withdrawn(): void;
  /** A version could not be loaded; the former one stays in service. */
  loadFailed(): void;
}

/** Which model is in service, and since when. */
export function modelMetrics(metrics: Registry): ModelMetrics {
  const version = new Gauge({
    name: "lapse_model_info",
    help: "1 for the version in service",
    labelNames: ["version"],
    registers: [metrics],
  });
  const since = unsetGauge(
    metrics,
    "lapse_model_served_since_timestamp_seconds",
    "When the version in service was put there",
  );
  const trained = unsetGauge(
    metrics,
    "lapse_model_trained_timestamp_seconds",
    "When the version in service was trained",
  );
  const standIn = unsetGauge(
    metrics,
    "lapse_model_stand_in",
    "1 while the version in service stands in for one whose files are lost or damaged, else 0",
  );
  const loads = new Counter({
    name: "lapse_model_loads_total",
    help: "Attempts to put a version into service, by outcome (served, failed)",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  // From the start: a series that begins at 1 is no increase to Prometheus.
  for (const outcome of ["served", "failed"]) loads.inc({ outcome }, 0);
  return {
    served(model, time) {
      // One series at a time: a version that is gone must not be exported for ever.
      version.reset();
      version.set({ version: model.version }, 1);
      trained.set(Date.parse(model.created) / 1000);
      since.set(time / 1000);
      loads.inc({ outcome: "served" });
    },
    withdrawn() {
      version.reset();
      for (const gauge of [since, trained, standIn]) gauge.remove();
    },
    standsIn(yes) {
      standIn.set(yes ? 1 : 0);
    },
    loadFailed() {
      loads.inc({ outcome: "failed" });
    },
  };
}
