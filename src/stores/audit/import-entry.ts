import * as z from "zod";
import type { AuditEntry } from "./audit.ts";
import type { Actor } from "./recorder.ts";

/** What became of the lines of a log that was imported: counts, and no content, which names users. */
export const importedLog = z.strictObject({
  name: z.string().min(1).max(1_000).describe("What was read, such as the names of files."),
  created: z.int().min(0),
  known: z.int().min(0).describe("Stored before."),
  rejected: z.record(z.string().min(1).max(90), z.int().min(1)).describe("Lines that were left out, by the reason."),
});

export type ImportedLog = z.infer<typeof importedLog>;

/** What begins the name of a detail that counts rejected lines. */
export const rejectedPrefix = "rejected: ";

/** Reasons that are told apart; all others are added up. */
const mostReasons = 30;

/** What the audit keeps of an import; `id` is its own. */
export function importEntry(
  { name, created, known, rejected }: ImportedLog,
  { id, at, actor }: { readonly id: string; readonly at: number; readonly actor: Actor },
): AuditEntry {
  const reasons = Object.entries(rejected).sort(([, a], [, b]) => b - a);
  const others = reasons.slice(mostReasons).reduce((sum, [, count]) => sum + count, 0);
  const told = [...reasons.slice(0, mostReasons), ...(others === 0 ? [] : [["other", others] as const])];
  return {
    ...{ id, at, ...actor, action: "actions.imported", target: name },
    details: {
      ...{ created, known },
      ...Object.fromEntries(told.map(([reason, count]) => [`${rejectedPrefix}${reason}`, count])),
    },
  };
}
