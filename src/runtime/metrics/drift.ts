import { Gauge, type Registry } from "prom-client";
import { unsetGauge } from "./unset-gauge.ts";

/** Population stability indices: below 0.1 nothing has changed that matters, from 0.25 on look into it. */
export interface Drift {
  /** Of each of the champion's features, by name. */
  readonly features: ReadonlyMap<string, number>;
  /** Of the champion's probabilities; undefined where they cannot be told. */
  readonly probability: number | undefined;
}

export interface DriftMetrics {
  /** In place of what was measured before; `at` is in milliseconds since the epoch. */
  measured(drift: Drift, at: number): void;
  /** What was measured last need not be measured again; `of` names its rows and champion. */
  recorded(of: string): void;
  /** Whether that is of the same rows and champion; it then is as of `at`. */
  stillHolds(of: string, at: number): boolean;
}

/** How far today's users are from those who were here when the champion was trained. */
export function driftMetrics(metrics: Registry): DriftMetrics {
  const features = new Gauge({
    name: "lapse_drift_psi",
    help: "Population stability index of each feature of the current users against the champion's reference",
    labelNames: ["feature"],
    registers: [metrics],
  });
  const probability = unsetGauge(
    metrics,
    "lapse_score_drift_psi",
    "Population stability index of the champion's probabilities of the current users against its reference",
  );
  const measuredAt = unsetGauge(
    metrics,
    "lapse_drift_last_success_timestamp_seconds",
    "When drift was last measured, or known to be as measured before",
  );
  let recordedOf: string | undefined;
  return {
    recorded(of) {
      recordedOf = of;
    },
    stillHolds(of, at) {
      if (of !== recordedOf) return false;
      measuredAt.set(at / 1000);
      return true;
    },
    measured(drift, at) {
      recordedOf = undefined;
      // Another champion may have other features.
      features.reset();
      for (const [feature, psi] of drift.features) features.set({ feature }, psi);
      if (drift.probability === undefined) probability.remove();
      else probability.set(drift.probability);
      measuredAt.set(at / 1000);
    },
  };
}
