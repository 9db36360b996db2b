import { textTable } from "../terminal/text-table.ts";
import type { Erasure } from "./erase-users.ts";

export function isEmpty(erasure: Erasure): boolean {
  return Object.values(erasure).every((count) => count === 0);
}

/** One line for each kind, with its count. */
export function describeErasure({ actions, userDays, features, scores, deadLetters }: Erasure): string {
  const rows = [
    ["  actions", actions],
    ["  user-days", userDays],
    ["  feature vectors", features],
    ["  scores", scores],
    ["  dead letters", deadLetters],
  ] as const;
  const lines = rows.map(([kind, count]) => [kind, count.toLocaleString("en")]);
  return textTable(lines[0] ?? [], lines.slice(1));
}
