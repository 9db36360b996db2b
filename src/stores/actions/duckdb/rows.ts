import { BOOLEAN, DOUBLE, DuckDBDataChunk, INTEGER, UBIGINT, VARCHAR } from "@duckdb/node-api";
import { type Action, actionDigest } from "#churn/action.ts";
import { type Day, dayOf } from "#churn/day.ts";
import { chunkRows } from "../../connections/duckdb/append.ts";
import { monthNumber } from "../../month.ts";

/** Actions by columns, as they are stored. */
export interface ActionRows {
  readonly actions: readonly Action[];
  /** The identities of the actions, 16 bytes each. */
  readonly ids: Buffer;
  readonly days: readonly Day[];
  readonly months: readonly number[];
}

/** The columns of the table `actions` save batch and ingested, in their order. */
export const storedColumns = [
  ["id_high", UBIGINT],
  ["id_low", UBIGINT],
  ["month", INTEGER],
  ["day", INTEGER],
  ["time", DOUBLE],
  ["user_id", VARCHAR],
  ["action", VARCHAR],
  ["value", DOUBLE],
  ["passive", BOOLEAN],
] as const;

/** The columns of an appended chunk: those, after the row's number. */
export const actionColumns = [["number", DOUBLE], ...storedColumns] as const;

/** The bytes of an identity. */
export const idBytes = 16;

export function actionRows(actions: readonly Action[]): ActionRows {
  const ids = Buffer.alloc(actions.length * idBytes);
  actions.forEach((action, row) => {
    ids.write(actionDigest(action), row * idBytes, "latin1");
  });
  const days = actions.map((action) => dayOf(action.time));
  return { actions, ids, days, months: monthsOf(days) };
}

/** The upper half of the identity in a row, as in DuckDB's md5_number. */
export function idHigh({ ids }: ActionRows, row: number): bigint {
  return ids.readBigUInt64LE(row * idBytes + 8);
}

/** The lower half. */
export function idLow({ ids }: ActionRows, row: number): bigint {
  return ids.readBigUInt64LE(row * idBytes);
}

/** The rows as chunks of `actionColumns`. An absent value is NaN there, as NULL is slow to write. */
export function chunksOfRows(rows: ActionRows): DuckDBDataChunk[] {
  const chunks: DuckDBDataChunk[] = [];
  for (let from = 0; from < rows.actions.length; from += chunkRows) chunks.push(chunkOf(rows, from, from + chunkRows));
  return chunks;
}

/** The rows that repeat an earlier one: with the same identity and in the same month. */
export function repeatedRows({ actions, ids, months }: ActionRows): number[] {
  // Usually no two identities agree in 32 bits, which is quick to find out.
  const marks = new Set<number>();
  for (let row = 0; row < actions.length; row++) marks.add(ids.readInt32LE(row * idBytes));
  const repeated: number[] = [];
  if (marks.size === actions.length) return repeated;
  const seen = new Set<string>();
  months.forEach((month, row) => {
    const key = `${ids.toString("latin1", row * idBytes, (row + 1) * idBytes)}${month}`;
    if (seen.has(key)) repeated.push(row);
    seen.add(key);
  });
  return repeated;
}

function chunkOf(rows: ActionRows, from: number, before: number): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(actionColumns.map(([, type]) => type));
  const actions = rows.actions.slice(from, before);
  chunk.setColumns([
    actions.map((_, row) => from + row),
    actions.map((_, row) => idHigh(rows, from + row)),
    actions.map((_, row) => idLow(rows, from + row)),
    rows.months.slice(from, before),
    rows.days.slice(from, before),
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
