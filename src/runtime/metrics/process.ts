import { collectDefaultMetrics, Registry } from "prom-client";

/** A registry of one process, with its memory, event loop and garbage collection under `lapse_`. */
export function processRegistry(): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics, prefix: "lapse_" });
  return metrics;
}
