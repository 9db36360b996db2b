import type { Registry } from "prom-client";
import { unsetGauge } from "./unset-gauge.ts";

export interface BackupMetrics {
  /** In milliseconds since the epoch; undefined where no backup is taken regularly. */
  due(at: number | undefined): void;
}

/** Whether backups that are taken regularly come. */
export function backupMetrics(metrics: Registry): BackupMetrics {
  const due = unsetGauge(
    metrics,
    "lapse_backup_due_timestamp_seconds",
    "When the next backup is due, by the last one and how often it is taken (lapse backup --every)",
  );
  return {
    due(at) {
      if (at === undefined) due.remove();
      else due.set(at / 1000);
    },
  };
}
