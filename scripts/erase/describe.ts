import { textTable } from "../terminal/text-table.ts";
import type { Erasure } from "./erase-users.ts";

/** One line for each kind, with its count. */
export function describeErasure(erasure: Erasure): string {
  const rows = [
    ["  actions", erasure.actions],
    ["  user-days", erasure.userDays],
    ["  feature vectors", erasure.features],
    ["  scores", erasure.scores],
    ["  list entries", erasure.listed],
    ["  ledger entries", erasure.ledgerEntries],
    ["  outcomes", erasure.outcomes],
    ["  campaign assignments", erasure.assignments],
    ["  contacts", erasure.contacts],
    ["  opt-outs", erasure.optOuts],
    ["  dead letters", erasure.deadLetters],
    ["  waiting events", erasure.waiting],
  ] as const;
  const lines = rows.map(([kind, count]) => [kind, count.toLocaleString("en")]);
  return textTable(lines[0] ?? [], lines.slice(1));
}
