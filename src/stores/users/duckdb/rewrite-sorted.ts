import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { readRows } from "../../connections/duckdb/read.ts";
import { sortedBy } from "./filter.ts";

/**
 * Writes the table anew without the rows of runs that began before `writtenBefore`, and in the order in which the list is read most. Then
 * the users of a page stand side by side, and most blocks need not be read for one state (npx tsx bench/desk/lists.ts). Returns how many rows were left out. Must run in a transaction.
 */
export async function rewriteSorted(connection: DuckDBConnection, writtenBefore: number): Promise<number> {
  const former = await connection.run("SELECT count(*)::DOUBLE FROM listed_users WHERE written < $1", [writtenBefore]);
  const [[count] = [0]] = await readRows(former, z.tuple([z.int()]));
  await connection.run(
    `CREATE OR REPLACE TABLE listed_users AS
      SELECT * FROM listed_users WHERE written >= $1 ORDER BY ${sortedBy("probability")}`,
    [writtenBefore],
  );
  return count;
}
