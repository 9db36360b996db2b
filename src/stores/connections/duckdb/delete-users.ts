import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";

/** Deletes the rows of these users from a table that has the columns bucket and user_id. Returns how many there were. */
export async function deleteUsers(
  connection: DuckDBConnection,
  table: string,
  userIds: readonly string[],
): Promise<number> {
  if (userIds.length === 0) return 0;
  // DuckDB knows the least and greatest bucket of each block of rows, and reads only those that may hold one of these.
  const buckets = [...new Set(userIds.map(bucketOf))].join(", ");
  const sql = `DELETE FROM ${table} WHERE bucket IN (${buckets}) AND user_id IN (SELECT unnest($1))`;
  return (await connection.run(sql, [listValue(userIds)], [LIST(VARCHAR)])).rowsChanged;
}
