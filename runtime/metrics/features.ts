import { Gauge, Histogram, type Registry } from "prom-client";

export interface FeatureMetrics {
  rolledUp(userDays: number, seconds: number): void;
  extracted(users: number, seconds: number): void;
}

/** The nightly roll-up and extraction of features. */
export function featureMetrics(registry: Registry): FeatureMetrics {
  const buckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
  const rollUps = new Histogram({
    name: "lapse_roll_up_duration_seconds",
    help: "Time to roll actions up into user-days",
    buckets,
    registers: [registry],
  });
  const userDays = new Gauge({
    name: "lapse_roll_up_user_days",
    help: "User-days written by the last roll-up",
    registers: [registry],
  });
  const extractions = new Histogram({
    name: "lapse_feature_duration_seconds",
    help: "Time to compute and store the features of all users",
    buckets,
    registers: [registry],
  });
  const users = new Gauge({
    name: "lapse_feature_users",
    help: "Users with features in the current set",
    registers: [registry],
  });
  return {
    rolledUp(count, seconds) {
      userDays.set(count);
      rollUps.observe(seconds);
    },
    extracted(count, seconds) {
      users.set(count);
      extractions.observe(seconds);
    },
  };
}
