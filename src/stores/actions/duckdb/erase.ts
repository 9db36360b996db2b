import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Day } from "#churn/day.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import { monthNumber } from "../../month.ts";
import type { Erased } from "../action-store.ts";

/** Deletes everything about these users. Must run in a transaction, and not during a roll-up. */
export async function eraseUsers(connection: DuckDBConnection, userIds: readonly string[]): Promise<Erased> {
  const ofUsers = "DELETE FROM actions WHERE user_id IN (SELECT unnest($1))";
  return {
    actions: (await connection.run(ofUsers, [listValue(userIds)], [LIST(VARCHAR)])).rowsChanged,
    userDays: await deleteUsers(connection, "user_days", userIds),
  };
}

/** Deletes all months before that of `day`. Must run in a transaction, and not during a roll-up. */
export async function dropMonthsBefore(connection: DuckDBConnection, day: Day): Promise<Erased> {
  const deleteFrom = async (table: string) =>
    (await connection.run(`DELETE FROM ${table} WHERE month < ${monthNumber(day)}`)).rowsChanged;
  return { actions: await deleteFrom("actions"), userDays: await deleteFrom("user_days") };
}

/** Makes the space of deleted rows usable at once: DuckDB would do it at its next checkpoint, when much else has been written. */
export async function freeDropped(connection: DuckDBConnection): Promise<void> {
  // Other work may keep it from that; then it is usable later.
  await connection.run("CHECKPOINT").catch(() => undefined);
}
