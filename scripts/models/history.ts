import type { Evidence } from "#churn/gate/evidence.ts";
import type { AliasMove } from "#stores/models/model-store.ts";
import { textTable } from "../terminal/text-table.ts";

/** Every move of an alias as a table, newest first. */
export function describeHistory(moves: readonly AliasMove[]): string {
  if (moves.length === 0) return "No version was ever put into service.";
  return textTable(
    ["when", "alias", "from", "to", "by", "evidence", "reason"],
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

/** `log loss 0.2911, champion's 0.3020: -0.0109 (-0.0161 to -0.0056)` */
function evidenceInWords({ logLoss, championLogLoss, difference }: Evidence): string {
  const own = `log loss ${logLoss.toFixed(4)}`;
  const beside = championLogLoss === null ? own : `${own}, champion's ${championLogLoss.toFixed(4)}`;
  if (difference === null) return beside;
  const { value, low, high } = difference;
  return `${beside}: ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}
