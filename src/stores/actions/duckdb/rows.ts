import { BOOLEAN, DOUBLE, DuckDBDataChunk, INTEGER, UBIGINT, UTINYINT, VARCHAR } from "@duckdb/node-api";
import { type Action, actionDigest, bucketOf } from "#churn/action.ts";
import { type Day, dayOf } from "#churn/day.ts";
import { chunkRows } from "../../connections/duckdb/append.ts";
import { monthNumber } from "../../month.ts";

/** Actions in the form in which they are appended to DuckDB. */
export interface ActionRows {
  readonly count: number;
  /** The number of the first action. */
  readonly firstNumber: number;
  readonly firstMonth: number;
  readonly lastMonth: number;
  /** The identities of the actions, 16 bytes each. */
  readonly ids: Buffer;
  readonly months: readonly number[];
  /** Rows of `actionColumns`. */
  readonly chunks: readonly DuckDBDataChunk[];
}

export const actionColumns = [
  ["number", DOUBLE],
  ["id_high", UBIGINT],
  ["id_low", UBIGINT],
  ["month", INTEGER],
  ["day", INTEGER],
  ["bucket", UTINYINT],
  ["time", DOUBLE],
  ["user_id", VARCHAR],
  ["action", VARCHAR],
  ["value", DOUBLE],
  ["passive", BOOLEAN],
] as const;

/** Numbers the actions from `firstNumber`. An absent value is NaN in the chunks, as NULL is slow to write. */
export function actionRows(actions: readonly Action[], firstNumber: number): ActionRows {
  const ids = Buffer.alloc(actions.length * idBytes);
  actions.forEach((action, row) => {
    ids.write(actionDigest(action), row * idBytes, "latin1");
  });
  const days = actions.map((action) => dayOf(action.time));
  const months = monthsOf(days);
  const chunks: DuckDBDataChunk[] = [];
  let firstMonth = Number.POSITIVE_INFINITY;
  let lastMonth = Number.NEGATIVE_INFINITY;
  for (const month of months) {
    if (month < firstMonth) firstMonth = month;
    if (month > lastMonth) lastMonth = month;
  }
  for (let from = 0; from < actions.length; from += chunkRows) {
    const [before, idsFrom] = [from + chunkRows, from * idBytes];
    chunks.push(
      chunkOf(
        actions.slice(from, before),
        firstNumber + from,
        ids.subarray(idsFrom),
        days.slice(from, before),
        months.slice(from, before),
      ),
    );
  }
  return { count: actions.length, firstNumber, firstMonth, lastMonth, ids, months, chunks };
}

/**
 * The numbers of actions that repeat an earlier one, in the same call or a previous one: with the same identity and in
 * the same month.
 */
export function repeatedNumbers(calls: readonly ActionRows[]): number[] {
  // Usually no two identities agree in 32 bits, which is quick to find out.
  const marks = new Set<number>();
  let count = 0;
  for (const call of calls) {
    for (let row = 0; row < call.count; row++) marks.add(call.ids.readInt32LE(row * idBytes));
    count += call.count;
  }
  const repeated: number[] = [];
  if (marks.size === count) return repeated;
  const seen = new Set<string>();
  for (const { ids, months, firstNumber } of calls) {
    months.forEach((month, row) => {
      const key = `${ids.toString("latin1", row * idBytes, (row + 1) * idBytes)}${month}`;
      if (seen.has(key)) repeated.push(firstNumber + row);
      seen.add(key);
    });
  }
  return repeated;
}

const idBytes = 16;

function chunkOf(
  actions: readonly Action[],
  firstNumber: number,
  ids: Buffer,
  days: readonly Day[],
  months: readonly number[],
): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(actionColumns.map(([, type]) => type));
  chunk.setColumns([
    actions.map((_, row) => firstNumber + row),
    // As the upper and the lower half of DuckDB's md5_number.
    actions.map((_, row) => ids.readBigUInt64LE(row * idBytes + 8)),
    actions.map((_, row) => ids.readBigUInt64LE(row * idBytes)),
    months,
    days,
    actions.map((action) => bucketOf(action.userId)),
    actions.map((action) => action.time),
    actions.map((action) => action.userId),
    actions.map((action) => action.action),
    actions.map((action) => action.value ?? Number.NaN),
    actions.map((action) => action.passive ?? false),
  ]);
  return chunk;
}

/** The month number of each day. */
function monthsOf(days: readonly Day[]): number[] {
  const months = new Map<Day, number>();
  return days.map((day) => {
    let month = months.get(day);
    if (month === undefined) {
      month = monthNumber(day);
      months.set(day, month);
    }
    return month;
  });
}
