import { collectDefaultMetrics, Registry } from "prom-client";

/** A registry of one process, with its memory, event loop and garbage collection under `lapse_`. */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "lapse_" });
  return registry;
}
