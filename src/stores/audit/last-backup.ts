import type { Audit, AuditEntry } from "./audit.ts";

/** How it stands with backups, by the audit. */
export interface Backups {
  /** The last one that was taken. */
  readonly taken: Backup | undefined;
  /** Of those that are taken regularly, the last one, if it failed and none was taken since. */
  readonly failed: Backup | undefined;
  /** When the next one is due, in milliseconds since the epoch; undefined where none is taken regularly, or none was yet. */
  readonly dueAt: number | undefined;
  /** Whether it should be there by now. */
  readonly isLate: boolean;
}

export interface Backup {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The folder, or the place in a bucket. */
  readonly place: string;
  /** What failed. */
  readonly failure: string | undefined;
  /** How often one is taken; undefined of one that a person takes, who sees for themselves how it ends. */
  readonly everyDays: number | undefined;
}

/** A CronJob may begin hours late and try again for hours. */
const graceDays = 0.5;
const dayLength = 86_400_000;

/** More than a year, the longest that anyone takes backups apart. */
const mostDaysBack = 400;

/**
 * Reads the audit back to the last backup that was taken, 400 days at most: where none is ever taken, each look would take longer as the
 * audit grows. An older one counts as none.
 */
export async function lastBackup({
  audit,
  now,
}: {
  readonly audit: Pick<Audit, "entries">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Promise<Backups> {
  let newest: Backup | undefined;
  for await (const entry of audit.entries({ action: "backup", from: now() - mostDaysBack * dayLength })) {
    if (entry.action !== "backup.taken" && entry.action !== "backup.failed") continue;
    const backup = backupOf(entry);
    newest ??= backup;
    if (entry.action === "backup.taken") return backups(newest, backup, now());
  }
  return backups(newest, undefined, now());
}

function backups(newest: Backup | undefined, taken: Backup | undefined, now: number): Backups {
  const { everyDays } = newest ?? {};
  const failed = everyDays !== undefined && newest?.failure !== undefined ? newest : undefined;
  const dueAt = everyDays === undefined || taken === undefined ? undefined : taken.at + everyDays * dayLength;
  return { taken, failed, dueAt, isLate: dueAt !== undefined && now > dueAt + graceDays * dayLength };
}

function backupOf({ at, target = "", details: { failure, everyDays } = {} }: AuditEntry): Backup {
  return {
    ...{ at, place: target, failure: typeof failure === "string" ? failure : undefined },
    everyDays: typeof everyDays === "number" ? everyDays : undefined,
  };
}
