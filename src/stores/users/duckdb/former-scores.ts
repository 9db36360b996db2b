import { type DuckDBDataChunk, DuckDBDecimalValue, DuckDBListVector, DuckDBStructVector } from "@duckdb/node-api";
import { type FormerScore, scoresInLine } from "#churn/list/former-scores.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { columnOf } from "../../connections/duckdb/read.ts";
import { aDay, UnreadableValue } from "../../unreadable-rows.ts";

/** The type of the column: the oldest are first, each of six bytes before compression, as there are thirty million for a million users. */
export const formerScoresType = "STRUCT(snapshot INTEGER, probability DECIMAL(5, 4))[]";

/**
 * In SQL, those of the row `incoming` after its former row `old`: those of `old` and its own, of snapshots before the present one and not before
 * `from`; without what is out of range, as only a damaged one is.
 */
export function formerScoresAfter(from: string): string {
  const own = "{snapshot: old.snapshot, probability: try_cast(old.probability AS DECIMAL(5, 4))}";
  return `list_filter(
    list_concat(old.former_scores, [${own}]),
    lambda score: score.snapshot < incoming.snapshot AND score.snapshot >= ${from} AND score.probability BETWEEN 0 AND 1
  )[-${scoresInLine - 1}:]`;
}

/** Those in each row of a chunk that has them in this column. */
export function formerScoresIn(
  chunk: DuckDBDataChunk,
  column: number,
): (row: number) => Pick<ListedUser, "formerScores"> {
  const lists = columnOf(chunk, column, DuckDBListVector);
  const { childVector } = lists;
  if (!(childVector instanceof DuckDBStructVector))
    throw new TypeError(`Column ${column} holds lists of ${childVector.type}`);
  const scoreAt = (item: number): FormerScore => {
    const snapshot = childVector.getItemValue(item, 0);
    const probability = childVector.getItemValue(item, 1);
    if (typeof snapshot !== "number" || !(probability instanceof DuckDBDecimalValue))
      throw new UnreadableValue("former_scores has no number");
    return { snapshot: aDay(snapshot, "former_scores"), probability: probability.toDouble() };
  };
  return (row) => {
    if (lists.getItem(row) === null) return {};
    const from = lists.getEntryOffset(row);
    return { formerScores: Array.from({ length: lists.getEntryLength(row) }, (_, i) => scoreAt(from + i)) };
  };
}
