import type { DuckDBConnection } from "@duckdb/node-api";

/** Creates the missing tables of campaigns: without keys, as those of the actions. */
export async function createCampaignTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    -- document is a StoredCampaign as JSON; created is in milliseconds since 1970.
    CREATE TABLE IF NOT EXISTS campaigns (id VARCHAR, created DOUBLE, document VARCHAR);
    -- month counts from 1970-01 to the one in which the campaign's last window closes; assigned and closes are in
    -- milliseconds.
    CREATE TABLE IF NOT EXISTS assignments (
      month INTEGER, campaign VARCHAR, bucket UTINYINT, user_id VARCHAR, arm VARCHAR, assigned DOUBLE, closes DOUBLE,
      probability DOUBLE, value DOUBLE, covariates DOUBLE[], outcomes DOUBLE[]);
  `);
}
