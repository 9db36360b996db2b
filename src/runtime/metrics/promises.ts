import { Gauge, type Registry } from "prom-client";
import { startOf } from "#churn/day.ts";
import { type Figure, withBounds } from "#churn/metrics/delete-one.ts";
import { type JudgedNight, newestPromises, promisesByMonth } from "#churn/promises/by-month.ts";
import type { Promises } from "#churn/promises/promises.ts";

export interface PromiseMetrics {
  /** Replaces what was exported before; all nights that are judged. */
  compared(nights: readonly JudgedNight[]): void;
}

/**
 * What lists promised and what happened, once their churn windows have closed: on the newest 28 nights by role, and of what
 * was shown in the newest months by version.
 */
export function promiseMetrics(metrics: Registry): PromiseMetrics {
  const users = new Gauge({
    name: "lapse_promises_users",
    help: "Users on an average one of the newest 28 judged nights: scored, promised to leave (the sum of their probabilities), left; by role (champion: shown, challenger: in shadow)",
    labelNames: ["role", "kind"],
    registers: [metrics],
  });
  const ratio = new Gauge({
    name: "lapse_promises_ratio",
    help: "Users who left over users promised to leave, on the newest 28 judged nights, with its 95 % interval (bound: value, low, high)",
    labelNames: ["role", "bound"],
    registers: [metrics],
  });
  const quality = new Gauge({
    name: "lapse_promises_quality",
    help: "Quality of the scores as served, on the newest 28 judged nights, by metric (auc, log_loss, capture: share of those who left in the riskiest tenth), and of the same users by recency alone (recency_auc, recency_capture: in the longest silent tenth); with 95 % intervals (bound: value, low, high)",
    labelNames: ["role", "metric", "bound"],
    registers: [metrics],
  });
  const nights = new Gauge({
    name: "lapse_promises_nights",
    help: "How many nights these figures are of, at most 28",
    labelNames: ["role"],
    registers: [metrics],
  });
  const newest = new Gauge({
    name: "lapse_promises_snapshot_timestamp_seconds",
    help: "The newest snapshot whose outcomes are known",
    labelNames: ["role"],
    registers: [metrics],
  });
  const months = new Gauge({
    name: "lapse_promises_month",
    help: "Of the lists shown in each of the newest three months, by version: users per night promised to leave, left, and the ratio of the two with its 95 % interval (figure: promised, left, ratio, ratio_low, ratio_high)",
    labelNames: ["month", "version", "figure"],
    registers: [metrics],
  });
  return {
    compared(judged) {
      for (const gauge of [users, ratio, quality, nights, newest, months]) gauge.reset();
      for (const role of ["champion", "challenger"] as const) {
        const promises = newestPromises(judged, role);
        if (promises === undefined) continue;
        users.set({ role, kind: "scored" }, promises.users);
        users.set({ role, kind: "promised" }, promises.promised);
        users.set({ role, kind: "left" }, promises.left);
        for (const [bound, value] of Object.entries(withBounds(promises.ratio))) ratio.set({ role, bound }, value);
        for (const [metric, figure] of Object.entries(qualityOf(promises)))
          for (const [bound, value] of Object.entries(figure === undefined ? {} : withBounds(figure)))
            quality.set({ role, metric, bound }, value);
        nights.set({ role }, promises.nights);
        const snapshots = judged.filter((one) => one.role === role).map(({ snapshot }) => snapshot);
        newest.set({ role }, startOf(Math.max(...snapshots)) / 1000);
      }
      for (const { month, versions } of promisesByMonth(judged, "champion").slice(0, newestMonths)) {
        for (const { version, promises } of versions.slice(0, mostVersions)) {
          months.set({ month, version, figure: "promised" }, promises.promised);
          months.set({ month, version, figure: "left" }, promises.left);
          const { value, low, high } = withBounds(promises.ratio);
          months.set({ month, version, figure: "ratio" }, value);
          if (low !== undefined) months.set({ month, version, figure: "ratio_low" }, low);
          if (high !== undefined) months.set({ month, version, figure: "ratio_high" }, high);
        }
      }
    },
  };
}

/** Series are kept for long; these bound how many there are. */
const newestMonths = 3;
const mostVersions = 5;

/** Those that are undefined cannot be told of these nights. */
function qualityOf({ logLoss, auc, capture, recency }: Promises): Readonly<Record<string, Figure | undefined>> {
  return { log_loss: logLoss, auc, capture, recency_auc: recency?.auc, recency_capture: recency?.capture };
}
