import type { DuckDBConnection } from "@duckdb/node-api";

/** Creates the missing tables of contacts: without keys, as those of the actions. */
export async function createContactTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    -- month counts from 1970-01; time is in milliseconds since then; campaign and channel are '' where there is none.
    CREATE TABLE IF NOT EXISTS contacts (
      month INTEGER, bucket UTINYINT, user_id VARCHAR, time DOUBLE, campaign VARCHAR, channel VARCHAR);
    CREATE TABLE IF NOT EXISTS opt_outs (bucket UTINYINT, user_id VARCHAR, time DOUBLE);
  `);
}
