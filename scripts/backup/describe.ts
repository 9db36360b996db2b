import { textTable } from "../terminal/text-table.ts";

/** Tables and indices that are the same in other words, or that only lapse itself reads. */
const untold = new Set([
  "action_names",
  "rolled_up",
  "listed_users",
  "feature_sets",
  "ledger_nights",
  "user_days",
  "runs",
]);

/** What a backup holds, a line for each kind with how many there are. */
export function describeContents(contents: Readonly<Record<string, number>>): string {
  const rows = Object.entries(contents)
    .filter(([name]) => !untold.has(name))
    .map(([name, count]) => [`  ${name.replaceAll("_", " ")}`, count.toLocaleString("en")]);
  return rows.length === 0 ? "  nothing" : textTable(rows[0] ?? [], rows.slice(1));
}
