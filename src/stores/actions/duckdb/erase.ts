import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";
import type { Day } from "#churn/day.ts";
import type { Erased } from "../action-store.ts";
import { monthNumber } from "../month.ts";

/** Deletes everything of these users. To be run in a transaction, and not while a roll-up is. */
export async function eraseUsers(connection: DuckDBConnection, userIds: readonly string[]): Promise<Erased> {
  if (userIds.length === 0) return { actions: 0, userDays: 0 };
  const buckets = [...new Set(userIds.map(bucketOf))].join(", ");
  const deleteFrom = async (table: string) => {
    const sql = `DELETE FROM ${table} WHERE bucket IN (${buckets}) AND user_id IN (SELECT unnest($1))`;
    return (await connection.run(sql, [listValue(userIds)], [LIST(VARCHAR)])).rowsChanged;
  };
  return { actions: await deleteFrom("actions"), userDays: await deleteFrom("user_days") };
}

/** Deletes the whole months before that of `day`. To be run in a transaction, and not while a roll-up is. */
export async function dropMonthsBefore(connection: DuckDBConnection, day: Day): Promise<Erased> {
  const deleteFrom = async (table: string) =>
    (await connection.run(`DELETE FROM ${table} WHERE month < ${monthNumber(day)}`)).rowsChanged;
  return { actions: await deleteFrom("actions"), userDays: await deleteFrom("user_days") };
}
