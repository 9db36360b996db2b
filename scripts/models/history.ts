import { evidenceInWords } from "#pages/evidence-in-words.ts";
import type { AliasMove } from "#stores/models/model-store.ts";
import { textTable } from "../terminal/text-table.ts";

/** Every move of an alias as a table, newest first. */
export function describeHistory(moves: readonly AliasMove[]): string {
  if (moves.length === 0) return "No version was ever put into service.";
  return textTable(
    ["when", "alias", "from", "to", "by", "evidence of its training", "reason"],
    moves.map(({ at, alias, from, to, by, evidence, reason }) => [
      at?.replace(/\.\d+Z$/, "Z") ?? "unknown",
      alias,
      from ?? "-",
      to ?? "unreadable",
      by,
      evidence === undefined ? "-" : evidenceInWords(evidence),
      reason === "" ? "-" : reason,
    ]),
    ["left", "left", "left", "left", "left", "left", "left"],
  );
}
