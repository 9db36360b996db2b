import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";
import * as z from "zod";
import { setDoubles } from "./double-lists.ts";
import { readRows } from "./read.ts";

/** A column: its name, its type, and its value in a row. */
export type Column<Row> = readonly [name: string, type: DuckDBType, value: (row: Row) => DuckDBValue];

/** A column of type LIST(DOUBLE), and the numbers of its list in a row, none of which is absent. */
export type DoublesColumn<Row> = readonly [
  name: string,
  type: DuckDBType,
  value: { readonly doublesOf: (row: Row) => ArrayLike<number> },
];

/** The most rows that a DuckDB chunk holds. */
export const chunkRows = 2048;

/**
 * Converts rows to chunks of these columns, which is many times faster than binding them to an INSERT. Each is made when it is
 * asked for, so that what it was made of need not be kept for all.
 */
export function* chunksOf<Row>(
  rows: readonly Row[],
  columns: readonly (Column<Row> | DoublesColumn<Row>)[],
): Generator<DuckDBDataChunk> {
  const types = columns.map(([, type]) => type);
  for (let from = 0; from < rows.length; from += chunkRows) {
    const slice = rows.slice(from, from + chunkRows);
    const chunk = DuckDBDataChunk.create(types, slice.length);
    columns.forEach(([, , value], index) => {
      if (typeof value === "function") chunk.setColumnValues(index, slice.map(value));
      else setDoubles(chunk, index, slice.map(value.doublesOf));
    });
    yield chunk;
  }
}

/** SQL that creates an empty temporary table `incoming` with these columns. */
export function createIncoming(columns: readonly (readonly [name: string, type: DuckDBType, ...unknown[]])[]): string {
  const declarations = columns.map(([name, type]) => `${name} ${type}`);
  return `CREATE OR REPLACE TEMP TABLE incoming (${declarations.join(", ")})`;
}

export async function appendIncoming(connection: DuckDBConnection, chunks: Iterable<DuckDBDataChunk>): Promise<void> {
  await appendTo(connection, "incoming", "temp", chunks);
}

/**
 * Replaces the rows of these users, within the transaction open on `connection`; of several rows of one user, the last
 * counts. The columns are the table's, in any order, and include bucket and user_id; others that the table has are NULL.
 */
export async function replaceUsers<Row extends { readonly userId: string }>(
  connection: DuckDBConnection,
  table: string,
  columns: readonly (Column<Row> | DoublesColumn<Row>)[],
  rows: readonly Row[],
): Promise<void> {
  const latest = [...new Map(rows.map((row) => [row.userId, row])).values()];
  if (await isAnyStored(connection, table, columns, latest)) {
    const keys = columns.filter(([name]) => name === "bucket" || name === "user_id");
    await connection.run(createIncoming(keys));
    await appendIncoming(connection, chunksOf(latest, keys));
    await connection.run(
      `DELETE FROM ${table} old USING incoming WHERE old.bucket = incoming.bucket AND old.user_id = incoming.user_id`,
    );
  }
  const inOrder = orderedAs(await columnsOfTable(connection, table), columns, table);
  if (inOrder !== undefined) {
    // Not by way of `incoming`: rows may be wide, and would be written twice.
    await appendTo(connection, table, undefined, chunksOf(latest, inOrder));
    return;
  }
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf(latest, columns));
  await connection.run(`INSERT INTO ${table} BY NAME FROM incoming`);
}

/**
 * Whether the table may have a row of any of these users. Where it has few in their buckets, as in the first run of all, this is found
 * out without writing the ids of all of them, which takes as long as writing some dozens of numbers of each.
 */
async function isAnyStored<Row extends { readonly userId: string }>(
  connection: DuckDBConnection,
  table: string,
  columns: readonly (Column<Row> | DoublesColumn<Row>)[],
  rows: readonly Row[],
): Promise<boolean> {
  if (rows.length < leastRows) return true;
  const bucketOf = columns.find(([name]) => name === "bucket")?.[2];
  if (typeof bucketOf !== "function") throw new TypeError(`The rows of ${table} have no bucket`);
  const buckets = new Set(rows.map((row) => Number(bucketOf(row))));
  const found = await readRows(
    await connection.run(
      `SELECT user_id FROM ${table} WHERE bucket BETWEEN ${Math.min(...buckets)} AND ${Math.max(...buckets)} LIMIT ${chunkRows}`,
    ),
    z.tuple([z.string().nullable()]),
  );
  const stored = new Set(found.map(([userId]) => userId));
  return found.length === chunkRows || rows.some(({ userId }) => stored.has(userId));
}

/** Of fewer, the ids are written as quickly as any are read. */
const leastRows = 256;

async function columnsOfTable(connection: DuckDBConnection, table: string): Promise<readonly string[]> {
  return (await connection.run(`FROM ${table} LIMIT 0`)).columnNames();
}

/** The columns in the order of the table's names, which older files have in another one; undefined where the table has more. */
function orderedAs<Row>(
  names: readonly string[],
  columns: readonly (Column<Row> | DoublesColumn<Row>)[],
  table: string,
): readonly (Column<Row> | DoublesColumn<Row>)[] | undefined {
  const missing = columns.find(([name]) => !names.includes(name));
  if (missing !== undefined) throw new TypeError(`The table ${table} has no column ${missing[0]}`);
  if (names.length > columns.length) return undefined;
  return names.flatMap((name) => columns.filter(([own]) => own === name));
}

/** Appends chunks to a table, of `database` if it is not the one in use; of all columns, in the table's order. */
export async function appendTo(
  connection: DuckDBConnection,
  table: string,
  database: string | undefined,
  chunks: Iterable<DuckDBDataChunk>,
): Promise<void> {
  const appender = await connection.createAppender(table, "main", database);
  try {
    for (const chunk of chunks) appender.appendDataChunk(chunk);
    appender.closeSync();
  } catch (error) {
    // What an appender holds when it is collected as garbage is written, even after the transaction was rolled back.
    appender.clear();
    throw error;
  }
}
