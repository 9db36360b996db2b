import { collectDefaultMetrics, Registry } from "prom-client";
import * as z from "zod";

const describedMetrics = z.array(z.object({ name: z.string(), type: z.string() }));

/** A registry of one process, with its memory, event loop and garbage collection under `lapse_`. */
export function processRegistry(): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics, prefix: "lapse_" });
  // Gauges by the names of counters: of how many handles, requests and resources are open, which another metric tells by type.
  for (const { name, type } of describedMetrics.parse(metrics.getMetricsAsArray(), { jitless: true }))
    if (type !== "counter" && name.endsWith("_total")) metrics.removeSingleMetric(name);
  return metrics;
}
