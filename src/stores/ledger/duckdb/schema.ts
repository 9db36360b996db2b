import type { DuckDBConnection } from "@duckdb/node-api";

/** Creates the missing tables of the ledger: without keys, as those of the actions. */
export async function createLedgerTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    -- month counts from 1970-01, snapshot from 1970-01-01; recorded is in milliseconds since then.
    CREATE TABLE IF NOT EXISTS ledger (
      month INTEGER, snapshot INTEGER, bucket UTINYINT, user_id VARCHAR, model_version VARCHAR, role VARCHAR,
      state VARCHAR, probability DOUBLE, arm VARCHAR, recorded DOUBLE);
    CREATE TABLE IF NOT EXISTS ledger_outcomes (
      month INTEGER, snapshot INTEGER, bucket UTINYINT, user_id VARCHAR, model_version VARCHAR, churned BOOLEAN,
      recorded DOUBLE);
    -- added is in milliseconds since the epoch, night is JSON.
    CREATE TABLE IF NOT EXISTS ledger_nights (
      month INTEGER, snapshot INTEGER, model_version VARCHAR, role VARCHAR, added DOUBLE, night VARCHAR);
  `);
}
