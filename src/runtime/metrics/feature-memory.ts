import { Counter, Gauge, type Registry } from "prom-client";

export interface FeatureMemoryMetrics {
  /** What was asked for of this many users was in memory. */
  found(users: number): void;
  /** This many users had to be read from the store. */
  missed(users: number): void;
  /** This many users had to make room for others. */
  evicted(users: number): void;
  /** What is in memory now. */
  holds(users: number, bytes: number): void;
}

/** How far the predictor comes by without the feature store. */
export function featureMemoryMetrics(metrics: Registry): FeatureMemoryMetrics {
  const reads = new Counter({
    name: "lapse_feature_memory_reads_total",
    help: "Users whose features were asked for by user id, by where they were (hit: in memory, miss: in the store)",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const evicted = new Counter({
    name: "lapse_feature_memory_evicted_total",
    help: "Users whose features had to make room in memory for those of others",
    registers: [metrics],
  });
  const users = new Gauge({
    name: "lapse_feature_memory_users",
    help: "Users in memory, those included who have lapsed or are not known",
    registers: [metrics],
  });
  const held = new Gauge({
    name: "lapse_feature_memory_bytes",
    help: "What the features in memory take, of FEATURES_MEMORY_MB",
    registers: [metrics],
  });
  // From the start: a series that begins at 1 is no increase to Prometheus.
  for (const outcome of ["hit", "miss"]) reads.inc({ outcome }, 0);
  return {
    found: (count) => reads.inc({ outcome: "hit" }, count),
    missed: (count) => reads.inc({ outcome: "miss" }, count),
    evicted: (count) => evicted.inc(count),
    holds(count, bytes) {
      users.set(count);
      held.set(bytes);
    },
  };
}
