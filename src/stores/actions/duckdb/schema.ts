import type { DuckDBConnection } from "@duckdb/node-api";
import { actionDeclarations } from "./action-columns.ts";
import { createUserNumbers, numberUsers, placeBits } from "./user-numbers.ts";

/**
 * Creates the missing tables of the actions. None has a key or an index: an index over random ids grows with the
 * actions and must stay in memory, whereas DuckDB keeps the range of every column for each 122,880 rows, which suffices
 * to find the few that matter as long as rows are in the order of time.
 */
export async function createActionTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    CREATE TABLE IF NOT EXISTS actions (${actionDeclarations.join(", ")});
    -- Files from before there were passive actions.
    ALTER TABLE actions ADD COLUMN IF NOT EXISTS passive BOOLEAN DEFAULT false;
    -- Files from before the roll-up found out the buckets of users itself.
    ALTER TABLE actions DROP COLUMN IF EXISTS bucket;
    ${createUserNumbers};
    CREATE TABLE IF NOT EXISTS action_names (action INTEGER, name VARCHAR);
    -- One row: the last batch that user_days tells of.
    CREATE TABLE IF NOT EXISTS rolled_up (batch INTEGER);
    INSERT INTO rolled_up SELECT 0 WHERE NOT EXISTS (FROM rolled_up);
  `);
  await createUserDays(connection);
}

/** Those of files from before users had numbers are told anew. */
async function createUserDays(connection: DuckDBConnection): Promise<void> {
  const create = `CREATE TABLE IF NOT EXISTS user_days (
    number UINTEGER NOT NULL, day INTEGER, action INTEGER, count UINTEGER, value DOUBLE)`;
  await connection.run(create);
  if (!(await connection.run("FROM user_days LIMIT 0")).columnNames().includes("user_id")) return;
  // Rows of nobody remain those of nobody, so that reading tells of them: of a place that is never given.
  const nobody = 2 ** placeBits - 1;
  await connection.run(`
    ALTER TABLE user_days RENAME TO former_user_days;
    CREATE OR REPLACE TEMP TABLE former_users AS
      SELECT user_id, min(bucket) AS bucket FROM former_user_days WHERE user_id IS NOT NULL AND bucket IS NOT NULL GROUP BY user_id`);
  await numberUsers(connection, "former_users");
  await connection.run(`
    ${create};
    INSERT INTO user_days SELECT coalesce(number, (coalesce(bucket, 0)::UINTEGER << ${placeBits}) + ${nobody}) AS number, day, action, count, value
      FROM former_user_days LEFT JOIN user_numbers USING (user_id) ORDER BY number, day, action;
    DROP TABLE former_users;
    DROP TABLE former_user_days`);
}
