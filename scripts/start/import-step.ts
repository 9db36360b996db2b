import { formatCounted } from "#pages/format.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { ingestLog, type LogReport } from "../log/ingest-log.ts";
import type { Log } from "../log/log.ts";
import { beginStep } from "../terminal/progress.ts";

/** Stores a log, showing how far it is, and what was left out. */
export async function importStep(log: Log, actions: ActionStore, now: () => number): Promise<LogReport> {
  const step = beginStep("import");
  try {
    const report = await ingestLog(log, { actions, now }, (read, total, stored) =>
      step.update(read, total, formatCounted(stored, "action")),
    );
    step.end(summary(report));
    if (report.details.length > 0) console.log(report.details.join("\n"));
    return report;
  } catch (error) {
    step.abort();
    throw error;
  }
}

function summary({ created, duplicates, rejected }: LogReport): string {
  const parts = [formatCounted(created, "action")];
  if (duplicates > 0) parts.push(`${duplicates.toLocaleString("en")} known already`);
  if (rejected > 0) parts.push(`${rejected.toLocaleString("en")} rejected`);
  return parts.join(", ");
}
