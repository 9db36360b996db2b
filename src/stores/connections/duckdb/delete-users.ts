import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";

/** Deletes the rows of these users from a table with the columns bucket and user_id. Returns how many there were. */
export async function deleteUsers(
  connection: DuckDBConnection,
  table: string,
  userIds: readonly string[],
): Promise<number> {
  if (userIds.length === 0) return 0;
  // DuckDB knows the range of buckets in each block of rows, and skips blocks that hold none of these.
  const buckets = [...new Set(userIds.map(bucketOf))].join(", ");
  const sql = `DELETE FROM ${table} WHERE bucket IN (${buckets}) AND user_id IN (SELECT unnest($1))`;
  return (await connection.run(sql, [listValue(userIds)], [LIST(VARCHAR)])).rowsChanged;
}
