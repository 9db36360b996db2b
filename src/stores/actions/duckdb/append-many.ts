import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { appendIncoming, createIncoming } from "../../connections/duckdb/append.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import { type ActionRows, actionColumns, chunksOfRows, repeatedRows } from "./rows.ts";

/** Prepares a connection for `appendMany`. */
export async function prepareMany(connection: DuckDBConnection): Promise<void> {
  await connection.run(createIncoming(actionColumns));
}

/**
 * Stores the new actions among the rows. Returns the numbers of those that are duplicates. `incoming` is empty before and
 * after. All the work is in one query, so that DuckDB does not wait for JavaScript, which meanwhile prepares the next
 * write. Only its INSERT writes to disk, in a transaction of its own.
 */
export async function appendMany(
  connection: DuckDBConnection,
  rows: ActionRows,
  batch: number,
  now: number,
): Promise<Set<number>> {
  try {
    await appendIncoming(connection, chunksOfRows(rows));
    const firstMonth = rows.months.reduce((a, b) => Math.min(a, b));
    const lastMonth = rows.months.reduce((a, b) => Math.max(a, b));
    const result = await connection.run(`
      CREATE OR REPLACE TEMP TABLE duplicates AS
        SELECT number FROM incoming JOIN actions USING (id_low, id_high, month)
        WHERE month BETWEEN ${firstMonth} AND ${lastMonth}
        UNION ALL SELECT unnest([${repeatedRows(rows)}]::DOUBLE[]);
      INSERT INTO actions
        SELECT ${batch}, make_timestamp_ms(${Math.trunc(now)}),
          * EXCLUDE (number) REPLACE (if(isnan(value), NULL, value) AS value)
        FROM incoming WHERE number NOT IN (FROM duplicates);
      ${createIncoming(actionColumns)};
      FROM duplicates`);
    return new Set((await readRows(result, z.tuple([z.int()]))).map(([number]) => number));
  } catch (error) {
    await prepareMany(connection).catch(() => undefined);
    throw error;
  }
}
