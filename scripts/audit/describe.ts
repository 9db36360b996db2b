import { oneLine } from "#pages/one-line.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { textTable } from "../terminal/text-table.ts";

/** Entries as a table, in the order given. */
export function describeEntries(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return "There are no such entries.";
  return textTable(
    ["when", "what", "to", "who", "from", "why"],
    entries.map(({ at, action, count = 1, target = "", who, from, reason, details = {} }) => [
      new Date(at).toISOString().slice(0, 19).replace("T", " "),
      count === 1 ? action : `${action} × ${count.toLocaleString("en")}`,
      oneLine(target, mostCharacters),
      oneLine(who, mostCharacters),
      oneLine(from, mostCharacters),
      oneLine(
        [reason, ...Object.entries(details).map(([name, value]) => `${name} ${value}`)].filter(Boolean).join("; "),
        mostCharacters,
      ),
    ]),
    ["left", "left", "left", "left", "left", "left"],
  );
}

const mostCharacters = 200;
