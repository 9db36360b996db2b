import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { type RiskBasis, riskBases } from "#churn/risk-rule.ts";
import type { Risk } from "#churn/score.ts";
import { unsetGauge } from "./unset-gauge.ts";

export interface ScoreMetrics {
  /** `at` in milliseconds since the epoch. */
  scored(run: { users: Readonly<Record<Risk, number>>; seconds: number; at: number }): void;
  /** From which probability on users were at risk and slipping, and by what that was. */
  scoredBy(thresholds: ModelManifest["thresholds"], by: RiskBasis): void;
  /** How many users the challenger scored beside it, for the ledger only; 0 where there is none. */
  scoredInShadow(users: number): void;
  /** The challenger could not score, or not go on. */
  shadowFailed(): void;
}

/** The last scoring of all users. */
export function scoreMetrics(metrics: Registry): ScoreMetrics {
  const durations = new Histogram({
    name: "lapse_score_duration_seconds",
    help: "Time to score all users",
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers: [metrics],
  });
  const scoredUsers = new Gauge({
    name: "lapse_scored_users",
    help: "Users by risk (low, medium, high) in the last scoring",
    labelNames: ["risk"],
    registers: [metrics],
  });
  const thresholdGauge = new Gauge({
    name: "lapse_risk_threshold",
    help: "Probability from which the risk was called medium or high in the last scoring; above 1 if no user reaches it",
    labelNames: ["risk"],
    registers: [metrics],
  });
  const basis = new Gauge({
    name: "lapse_risk_threshold_basis",
    help: "1 for what decided on high risk in the last scoring, 0 for the others: tenth, costs, capacity, or no-values, where costs are set and the tenth is used, as the value of users is unknown",
    labelNames: ["by"],
    registers: [metrics],
  });
  const scoredAt = unsetGauge(metrics, "lapse_score_last_success_timestamp_seconds", "When all users were last scored");
  const shadowUsers = unsetGauge(
    metrics,
    "lapse_shadow_scored_users",
    "Users that the challenger scored in shadow in the last scoring; 0 without a challenger",
  );
  const shadowFailures = new Counter({
    name: "lapse_shadow_failures_total",
    help: "Scorings in which the challenger could not score, or not to the end",
    registers: [metrics],
  });
  return {
    scored({ users, seconds, at }) {
      for (const [risk, count] of Object.entries(users)) scoredUsers.set({ risk }, count);
      durations.observe(seconds);
      scoredAt.set(at / 1000);
    },
    scoredBy({ medium, high }, by) {
      thresholdGauge.set({ risk: "medium" }, medium);
      thresholdGauge.set({ risk: "high" }, high);
      for (const one of riskBases) basis.set({ by: one }, one === by ? 1 : 0);
    },
    scoredInShadow(users) {
      shadowUsers.set(users);
    },
    shadowFailed() {
      shadowFailures.inc();
    },
  };
}
