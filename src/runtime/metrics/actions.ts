import { Counter, type Registry } from "prom-client";
import { unsetGauge } from "./unset-gauge.ts";

export interface ActionMetrics {
  stored(outcome: "created" | "duplicate" | "contradicting" | "unavailable", count: number): void;
  /** Counts rejected actions; `reason` is the name of the field that was wrong. */
  rejected(reason: string, count: number): void;
  /** A user's own action that happened then was taken, in milliseconds since the epoch; only the newest is kept. */
  taken(time: number): void;
}

/** Fields of items and attributes of events. Senders make up attributes: those that lapse does not know share one series. */
const known: readonly string[] = [
  "item",
  "user_id",
  "action",
  "timestamp",
  "value",
  "event_id",
  "source",
  "passive",
  "specversion",
  "id",
  "type",
  "subject",
  "time",
  "data",
  "data_base64",
  "datacontenttype",
  "dataschema",
];

/** What became of the actions that were sent. */
export function actionMetrics(metrics: Registry): ActionMetrics {
  const actions = new Counter({
    name: "lapse_actions_total",
    help: "Actions received, by outcome (created, duplicate, contradicting: with the id of a stored one and other content, rejected, unavailable); of rejected ones the field that was wrong",
    labelNames: ["outcome", "reason"],
    registers: [metrics],
  });
  const newest = unsetGauge(
    metrics,
    "lapse_newest_action_timestamp_seconds",
    "When the newest action of a user that this process took happened; passive ones do not count",
  );
  let newestTime = Number.NEGATIVE_INFINITY;
  return {
    stored(outcome, count) {
      if (count > 0) actions.inc({ outcome, reason: "none" }, count);
    },
    rejected(reason, count) {
      actions.inc({ outcome: "rejected", reason: known.includes(reason) ? reason : "other" }, count);
    },
    taken(time) {
      if (time <= newestTime) return;
      newestTime = time;
      newest.set(time / 1000);
    },
  };
}
