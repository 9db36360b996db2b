import {
  BIGINT,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  UBIGINT,
} from "@duckdb/node-api";
import * as z from "zod";
import { readRows } from "../../connections/duckdb/read.ts";
import type { KnownIds } from "./known-ids.ts";
import { type ActionRows, idHigh, idLow, repeatedRows, storedColumns } from "./rows.ts";

/**
 * Stores a few actions at a time by statements that DuckDB plans once, which takes a quarter of the time that
 * `appendMany` does: its tables are made and its query is planned anew for each write.
 */
export class FewAppender {
  readonly #insert: DuckDBPreparedStatement;
  readonly #search: DuckDBPreparedStatement;
  readonly #known: KnownIds;

  private constructor(insert: DuckDBPreparedStatement, search: DuckDBPreparedStatement, known: KnownIds) {
    this.#insert = insert;
    this.#search = search;
    this.#known = known;
  }

  static async prepare(connection: DuckDBConnection, known: KnownIds): Promise<FewAppender> {
    const columns = storedColumns.map(([, type], i) => `unnest($${i + 3}::${LIST(type)})`);
    return new FewAppender(
      await connection.prepare(`
        INSERT INTO actions
        SELECT $1, make_timestamp_ms($2), * REPLACE (if(isnan(value), NULL, value) AS value)
        FROM (SELECT ${columns.map((column, i) => `${column} AS ${storedColumns[i]?.[0]}`).join(", ")})`),
      await connection.prepare(`
        SELECT id_high, id_low, month FROM actions
        WHERE month BETWEEN $1 AND $2 AND id_low IN (SELECT unnest($3::UBIGINT[]))`),
      known,
    );
  }

  /** Returns the numbers of the rows that are duplicates; the others are stored, in one transaction. */
  async append(connection: DuckDBConnection, rows: ActionRows, batch: number, now: number): Promise<Set<number>> {
    const duplicates = new Set([...repeatedRows(rows), ...(await this.#stored(connection, rows))]);
    const fresh = rows.actions.map((_, row) => row).filter((row) => !duplicates.has(row));
    if (fresh.length === 0) return duplicates;
    this.#known.add(rows);
    const list = (value: (row: number) => DuckDBValue) => listValue(fresh.map(value));
    const { actions, months, days } = rows;
    this.#insert.bind(
      [
        batch,
        BigInt(Math.trunc(now)),
        list((row) => idHigh(rows, row)),
        list((row) => idLow(rows, row)),
        list((row) => months[row] ?? 0),
        list((row) => days[row] ?? 0),
        list((row) => actions[row]?.time ?? 0),
        list((row) => actions[row]?.userId ?? ""),
        list((row) => actions[row]?.action ?? ""),
        list((row) => actions[row]?.value ?? Number.NaN),
        list((row) => actions[row]?.passive ?? false),
      ],
      [INTEGER, BIGINT, ...storedColumns.map(([, type]) => LIST(type))],
    );
    await this.#insert.run();
    return duplicates;
  }

  /** The rows whose identities are stored already. */
  async #stored(connection: DuckDBConnection, rows: ActionRows): Promise<number[]> {
    const suspects = await this.#known.suspects(connection, rows);
    if (suspects.length === 0) return [];
    const months = suspects.map((row) => rows.months[row] ?? 0);
    this.#search.bind(
      [Math.min(...months), Math.max(...months), listValue(suspects.map((row) => idLow(rows, row)))],
      [INTEGER, INTEGER, LIST(UBIGINT)],
    );
    const found = await readRows(await this.#search.run(), z.tuple([z.bigint(), z.bigint(), z.int()]));
    const stored = new Set(found.map(([high, low, month]) => `${high} ${low} ${month}`));
    return suspects.filter((row) => stored.has(`${idHigh(rows, row)} ${idLow(rows, row)} ${rows.months[row]}`));
  }
}
