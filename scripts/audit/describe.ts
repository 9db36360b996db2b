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
      oneLine(target),
      oneLine(who),
      oneLine(from),
      oneLine(
        [reason, ...Object.entries(details).map(([name, value]) => `${name} ${value}`)].filter(Boolean).join("; "),
      ),
    ]),
    ["left", "left", "left", "left", "left", "left"],
  );
}

/** What a caller chose must not draw on the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").slice(0, 200);
}
