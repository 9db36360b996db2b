import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * The columns of the table `actions`. batch numbers the writes in their order; ingested is event.ingested; id_high and id_low are the
 * bytes of actionId; month counts from 1970-01, day from 1970-01-01; time is in milliseconds since then. Compressing user ids in the
 * order of time takes a third of an import, and saves a quarter of the file.
 */
export const actionDeclarations = [
  "batch INTEGER",
  "ingested TIMESTAMP_MS",
  "id_high UBIGINT USING COMPRESSION uncompressed",
  "id_low UBIGINT USING COMPRESSION uncompressed",
  "month INTEGER",
  "day INTEGER",
  "time DOUBLE",
  "user_id VARCHAR USING COMPRESSION uncompressed",
  "action VARCHAR",
  "value DOUBLE",
  "passive BOOLEAN",
];

/** Their names. */
export const actionColumns: ReadonlySet<string> = new Set(
  actionDeclarations.map((declaration) => declaration.split(" ", 1)[0] ?? ""),
);

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
    -- A user's days lie together, so that a dictionary takes the least room: to try what else might takes a fifth of a roll-up's writing.
    CREATE TABLE IF NOT EXISTS user_days (
      bucket UTINYINT, user_id VARCHAR USING COMPRESSION dictionary, month INTEGER, day INTEGER, action INTEGER, count UINTEGER,
      value DOUBLE);
    CREATE TABLE IF NOT EXISTS action_names (action INTEGER, name VARCHAR);
    -- One row: the last batch that user_days tells of.
    CREATE TABLE IF NOT EXISTS rolled_up (batch INTEGER);
    INSERT INTO rolled_up SELECT 0 WHERE NOT EXISTS (FROM rolled_up);
  `);
}
