import { Gauge, Histogram, type Registry } from "prom-client";
import type { UserState } from "#churn/population.ts";
import { unsetGauge } from "./unset-gauge.ts";

/** All times in milliseconds since the epoch. */
export interface FeatureMetrics {
  rolledUp(run: { userDays: number; seconds: number; at: number }): void;
  /** The current features are of everything before `snapshot`. */
  extracted(run: { users: Readonly<Record<UserState, number>>; snapshot: number; seconds: number; at: number }): void;
}

/** The nightly roll-up and extraction of features. */
export function featureMetrics(metrics: Registry): FeatureMetrics {
  const buckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
  const rollUps = new Histogram({
    name: "lapse_roll_up_duration_seconds",
    help: "Time to roll actions up into user-days",
    buckets,
    registers: [metrics],
  });
  const userDays = unsetGauge(metrics, "lapse_roll_up_rows", "Rows (user-days) written by the last roll-up");
  const rolledUpAt = unsetGauge(
    metrics,
    "lapse_roll_up_last_success_timestamp_seconds",
    "When actions were last rolled up",
  );
  const extractions = new Histogram({
    name: "lapse_feature_duration_seconds",
    help: "Time to compute and store the features of all users",
    buckets,
    registers: [metrics],
  });
  const featureUsers = new Gauge({
    name: "lapse_feature_users",
    help: "Users in the current features by state: here, with features, or lapsed, with none",
    labelNames: ["state"],
    registers: [metrics],
  });
  const extractedAt = unsetGauge(
    metrics,
    "lapse_feature_last_success_timestamp_seconds",
    "When the features of all users were last computed",
  );
  const snapshots = unsetGauge(
    metrics,
    "lapse_feature_snapshot_timestamp_seconds",
    "The moment that the current features are of: they tell of everything before it",
  );
  return {
    rolledUp({ userDays: count, seconds, at }) {
      userDays.set(count);
      rollUps.observe(seconds);
      rolledUpAt.set(at / 1000);
    },
    extracted({ users, snapshot, seconds, at }) {
      for (const [state, count] of Object.entries(users)) featureUsers.set({ state }, count);
      snapshots.set(snapshot / 1000);
      extractions.observe(seconds);
      extractedAt.set(at / 1000);
    },
  };
}
