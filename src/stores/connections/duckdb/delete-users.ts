import type { DuckDBConnection } from "@duckdb/node-api";
import { ofUsers, userIdsText } from "./some-users.ts";

/** Deletes the rows of these users from a table with the columns bucket and user_id. Returns how many there were. */
export async function deleteUsers(
  connection: DuckDBConnection,
  table: string,
  userIds: readonly string[],
): Promise<number> {
  if (userIds.length === 0) return 0;
  const sql = `DELETE FROM ${table} WHERE ${ofUsers(userIds, "$1")}`;
  return (await connection.run(sql, [userIdsText(userIds)])).rowsChanged;
}
