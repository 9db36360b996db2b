import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBUIntegerVector,
} from "@duckdb/node-api";
import type { HistoryColumns } from "#churn/history-columns.ts";
import { columnOf } from "../../connections/duckdb/read.ts";
import { sumOfValues } from "../sum-of-values.ts";
import { readActionNames } from "./action-names.ts";
import { bucketOfNumber } from "./user-numbers.ts";

/**
 * Rows of (number, place, count, value). The place is one number of day and number of the action: each column that is read takes about
 * as long as all that is done with it. A day or action that is none is one that does not exist.
 */
export function rowsOf(userDays: string): string {
  const day = `greatest(-${noDay}, least(${noDay}, coalesce(day, ${noDay})))::DOUBLE`;
  return `SELECT number, ${day} * ${dayUnit} + coalesce(action, ${noAction}), coalesce(count, 0), coalesce(value, 0) FROM (${userDays})`;
}

/** Beyond all days that actions are taken of; as far as a place reaches. */
const noDay = 2 ** 21 - 1;
const noAction = 2 ** 31 - 1;

/** 32 bits for the action leave 21 for the day in the 53 of a whole number: 5,000 years. */
const dayUnit = 2 ** 32;

export interface ReadRows {
  readonly columns: HistoryColumns;
  /** The users, by their places, of whom a row cannot be read. */
  readonly left: ReadonlySet<number>;
  /** Whether the rows come by bucket, user, day and name of the action. */
  readonly isAscending: boolean;
}

/**
 * Puts the rows of `rowsOf`, chunk by chunk, into columns. Not where chunks are fetched: in a function that goes on anew for each, V8 leaves
 * the loop over rows unoptimised each time.
 */
export class RowReader {
  readonly #idOf: ReadonlyMap<number, string>;
  readonly #actions: Actions;
  readonly #days: Int32Array<ArrayBuffer>;
  readonly #ranks: Int32Array<ArrayBuffer>;
  readonly #counts: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  readonly #userIds: string[] = [];
  readonly #starts: number[] = [];
  readonly #left = new Set<number>();
  #isAscending = true;
  #last = -1;
  /** How many rows have been read. */
  #rows = 0;

  constructor(rows: number, idOf: ReadonlyMap<number, string>, actions: Actions) {
    this.#idOf = idOf;
    this.#actions = actions;
    this.#days = new Int32Array(rows);
    this.#ranks = new Int32Array(rows);
    this.#counts = new Float64Array(rows);
    this.#values = new Float64Array(rows);
  }

  add(chunk: DuckDBDataChunk): void {
    const numbers = columnOf(chunk, 0, DuckDBUIntegerVector);
    const places = columnOf(chunk, 1, DuckDBDoubleVector);
    const ownCounts = columnOf(chunk, 2, DuckDBUIntegerVector);
    const ownValues = columnOf(chunk, 3, DuckDBDoubleVector);
    const [days, ranks, counts, values] = [this.#days, this.#ranks, this.#counts, this.#values];
    const rankOf = this.#actions.ranks;
    const { rowCount } = chunk;
    let to = this.#rows;
    for (let row = 0; row < rowCount; row++, to++) {
      const number = numbers.getItem(row) ?? 0;
      const place = places.getItem(row) ?? 0;
      const day = Math.floor(place / dayUnit);
      const rank = rankOf[place - day * dayUnit] ?? -1;
      if (number !== this.#last) this.#beginUser(number, to);
      else {
        const lastDay = days[to - 1] ?? 0;
        if (day < lastDay || (day === lastDay && rank <= (ranks[to - 1] ?? 0))) this.#isAscending = false;
      }
      if (rank < 0 || Math.abs(day) >= noDay) this.#left.add(this.#userIds.length - 1);
      days[to] = day;
      ranks[to] = rank;
      counts[to] = ownCounts.getItem(row) ?? 0;
      values[to] = sumOfValues(ownValues.getItem(row) ?? 0);
    }
    this.#rows = to;
  }

  #beginUser(number: number, row: number): void {
    const user = this.#idOf.get(number) ?? "";
    const [bucket, lastBucket] = [bucketOfNumber(number), bucketOfNumber(this.#last)];
    if (bucket < lastBucket || (bucket === lastBucket && user <= (this.#userIds.at(-1) ?? "")))
      this.#isAscending = false;
    this.#last = number;
    this.#userIds.push(user);
    this.#starts.push(row);
    if (user === "") this.#left.add(this.#userIds.length - 1);
  }

  end(): ReadRows {
    const columns = {
      userIds: this.#userIds,
      starts: Uint32Array.from([...this.#starts, this.#rows]),
      days: this.#days,
      actions: this.#ranks,
      counts: this.#counts,
      values: this.#values,
      names: this.#actions.names,
    };
    return { columns, left: this.#left, isAscending: this.#isAscending };
  }
}

/** The names of actions, and where each number stands among them. */
export interface Actions {
  /** By rank, which is their order. */
  readonly names: readonly string[];
  /** The rank of each action by its number. */
  readonly ranks: Int32Array;
}

export async function readActions(connection: DuckDBConnection): Promise<Actions> {
  const rows = await readActionNames(connection);
  const ranks = new Int32Array(rows.length);
  for (const [rank, [, action]] of rows.entries()) ranks[action] = rank;
  return { names: rows.map(([name]) => name), ranks };
}
