import { Counter, type Registry } from "prom-client";

export interface ActionMetrics {
  stored(outcome: "created" | "duplicate" | "unavailable", count: number): void;
  /** Counts rejected actions; `reason` is the name of the field that was wrong. */
  rejected(reason: string, count: number): void;
}

/** What became of the actions that were sent. */
export function actionMetrics(registry: Registry): ActionMetrics {
  const actions = new Counter({
    name: "lapse_actions_total",
    help: "Actions received, by outcome; of rejected ones the field that was wrong",
    labelNames: ["outcome", "reason"],
    registers: [registry],
  });
  return {
    stored(outcome, count) {
      if (count > 0) actions.inc({ outcome, reason: "none" }, count);
    },
    rejected(reason, count) {
      actions.inc({ outcome: "rejected", reason }, count);
    },
  };
}
