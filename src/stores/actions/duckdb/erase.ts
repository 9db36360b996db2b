import type { DuckDBConnection } from "@duckdb/node-api";
import type { Day } from "#churn/day.ts";
import { userIdIn, userIdsText } from "../../connections/duckdb/some-users.ts";
import { firstOfMonth, monthNumber } from "../../month.ts";
import type { Erased } from "../action-store.ts";
import { readNumbersOf } from "./user-numbers.ts";

/** Deletes everything about these users. Must run in a transaction, and not during a roll-up. */
export async function eraseUsers(connection: DuckDBConnection, userIds: readonly string[]): Promise<Erased> {
  const sql = `DELETE FROM actions WHERE ${userIdIn("$1")}`;
  const actions = (await connection.run(sql, [userIdsText(userIds)])).rowsChanged;
  const numbers = [...(await readNumbersOf(connection, userIds)).keys()];
  if (numbers.length === 0) return { actions, userDays: 0 };
  const deleteFrom = async (table: string) =>
    (await connection.run(`DELETE FROM ${table} WHERE number IN (${numbers})`)).rowsChanged;
  const userDays = await deleteFrom("user_days");
  await deleteFrom("user_numbers");
  return { actions, userDays };
}

/** Deletes all months before that of `day`, and who has no day left. Must run in a transaction, and not during a roll-up. */
export async function dropMonthsBefore(connection: DuckDBConnection, day: Day): Promise<Erased> {
  const deleteFrom = async (table: string, where: string) =>
    (await connection.run(`DELETE FROM ${table} WHERE ${where}`)).rowsChanged;
  const dropped = {
    actions: await deleteFrom("actions", `month < ${monthNumber(day)}`),
    userDays: await deleteFrom("user_days", `day < ${firstOfMonth(day)}`),
  };
  await deleteFrom("user_numbers", "number NOT IN (SELECT number FROM user_days)");
  return dropped;
}

/** Makes the space of deleted rows usable at once: DuckDB would do it at its next checkpoint, when much else has been written. */
export async function freeDropped(connection: DuckDBConnection): Promise<void> {
  // Other work may keep it from that; then it is usable later.
  await connection.run("CHECKPOINT").catch(() => undefined);
}
