import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";

/** A column: its name, its type, and its value in a row. */
export type Column<Row> = readonly [name: string, type: DuckDBType, value: (row: Row) => DuckDBValue];

/** The most rows that a DuckDB chunk holds. */
export const chunkRows = 2048;

/** Converts rows to chunks of these columns, which is many times faster than binding them to an INSERT. */
export function chunksOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): DuckDBDataChunk[] {
  const types = columns.map(([, type]) => type);
  const chunks: DuckDBDataChunk[] = [];
  for (let from = 0; from < rows.length; from += chunkRows) {
    const slice = rows.slice(from, from + chunkRows);
    const chunk = DuckDBDataChunk.create(types, slice.length);
    columns.forEach(([, , value], index) => {
      chunk.setColumnValues(index, slice.map(value));
    });
    chunks.push(chunk);
  }
  return chunks;
}

/** SQL that creates an empty temporary table `incoming` with these columns. */
export function createIncoming(columns: readonly (readonly [name: string, type: DuckDBType, ...unknown[]])[]): string {
  const declarations = columns.map(([name, type]) => `${name} ${type}`);
  return `CREATE OR REPLACE TEMP TABLE incoming (${declarations.join(", ")})`;
}

export async function appendIncoming(connection: DuckDBConnection, chunks: readonly DuckDBDataChunk[]): Promise<void> {
  const appender = await connection.createAppender("incoming", "main", "temp");
  for (const chunk of chunks) appender.appendDataChunk(chunk);
  appender.closeSync();
}

/**
 * Replaces the rows of these users, within the transaction open on `connection`; of several rows of one user, the last
 * counts. The columns are those of the table and include bucket and user_id.
 */
export async function replaceUsers<Row extends { readonly userId: string }>(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  const latest = new Map(rows.map((row) => [row.userId, row]));
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...latest.values()], columns));
  await connection.run(
    `DELETE FROM ${table} old USING incoming WHERE old.bucket = incoming.bucket AND old.user_id = incoming.user_id`,
  );
  await connection.run(`INSERT INTO ${table} BY NAME FROM incoming`);
}
