import { Gauge, Histogram, type Registry } from "prom-client";
import type { Risk } from "../../churn/score.ts";

export interface ScoreMetrics {
  scored(users: Readonly<Record<Risk, number>>, seconds: number): void;
}

/** The last scoring of all users. */
export function scoreMetrics(registry: Registry): ScoreMetrics {
  const durations = new Histogram({
    name: "lapse_score_duration_seconds",
    help: "Time to score all users",
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers: [registry],
  });
  const users = new Gauge({
    name: "lapse_scored_users",
    help: "Users by risk in the last scoring",
    labelNames: ["risk"],
    registers: [registry],
  });
  return {
    scored(counts, seconds) {
      for (const [risk, count] of Object.entries(counts)) users.set({ risk }, count);
      durations.observe(seconds);
    },
  };
}
