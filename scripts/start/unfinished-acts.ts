import { formatCounted } from "#pages/format.ts";
import type { Audit, AuditEntry } from "#stores/audit/audit.ts";
import { isBeginning, withoutEnded } from "#stores/audit/recorder.ts";

/** How far back to look, in milliseconds: a start must not read years of an audit. */
const lookBack = 30 * 86_400_000;

/** What must be run again where a crash or a kill has cut it short, each as a sentence for people. */
export async function unfinishedActs(audit: Pick<Audit, "entries">, now: number): Promise<string[]> {
  const told: string[] = [];
  for (const { action, isMadeUpFor, textOf } of repeated) {
    for await (const entry of withoutEnded(audit.entries({ action, from: now - lookBack }))) {
      if (isBeginning(entry)) told.push(textOf(entry));
      if (isMadeUpFor) break;
    }
  }
  return told;
}

const repeated = [
  {
    action: "users.erased",
    // A later erasure is of others.
    isMadeUpFor: false,
    // Whom, the audit does not name, as that would undo the erasure.
    textOf: (entry: AuditEntry) =>
      `The erasure of ${formatCounted(Number(entry.details?.users ?? 1), "user")} that ${begunBy(entry)} was cut short: a part of what is stored about them may be left. Run lapse erase for them again, unless that was done since.`,
  },
  {
    action: "months.erased",
    // The next deletion takes what this one has left.
    isMadeUpFor: true,
    textOf: (entry: AuditEntry) =>
      `The deletion of old months that ${begunBy(entry)} was cut short: a part of them may be left. Run lapse retain again.`,
  },
];

function begunBy({ at, who, reason }: AuditEntry): string {
  const why = reason === undefined ? "" : ` (${reason})`;
  return `${who} began at ${new Date(at).toISOString()}${why}`;
}
