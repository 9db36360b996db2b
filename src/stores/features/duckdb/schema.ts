import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * Creates the missing tables of the feature store. Rows are found by bucket and user id without an index: replacing
 * 100,000 rows of a table with a primary key takes ten times as long, and as rows are written in the order of their
 * buckets, the range of buckets that DuckDB keeps for each block suffices to find the right one.
 */
export async function createFeatureTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    -- number is that of the run: the latest set has the greatest. definition, populations and names are JSON. Of the complete
    -- ones the latest is the current one.
    CREATE TABLE IF NOT EXISTS feature_sets (
      number BIGINT, id VARCHAR, snapshot INTEGER, definition VARCHAR, populations VARCHAR, names VARCHAR, complete BOOLEAN);
    -- lapsed holds a day, or NULL, for each of the set's populations; features is empty for who has lapsed in all.
    CREATE TABLE IF NOT EXISTS features (
      bucket UTINYINT, user_id VARCHAR, set_id VARCHAR, lapsed INTEGER[], features DOUBLE[]);
    -- Files from before users had a state; the next run of features replaces what they hold.
    ALTER TABLE feature_sets ADD COLUMN IF NOT EXISTS populations VARCHAR DEFAULT '[]';
    ALTER TABLE features ADD COLUMN IF NOT EXISTS lapsed INTEGER[] DEFAULT [];
    -- Files from before a set was numbered by its run.
    ALTER TABLE feature_sets ALTER number TYPE BIGINT;
    -- Files from before a set became current at its end.
    ALTER TABLE feature_sets ADD COLUMN IF NOT EXISTS complete BOOLEAN DEFAULT true;
    -- reasons is JSON; run is the number of the run that wrote the score.
    CREATE TABLE IF NOT EXISTS scores (
      bucket UTINYINT, user_id VARCHAR, snapshot INTEGER, probability DOUBLE, risk VARCHAR, model_version VARCHAR,
      reasons VARCHAR, run DOUBLE);
    -- Files from before scores knew which run had written them.
    ALTER TABLE scores ADD COLUMN IF NOT EXISTS run DOUBLE DEFAULT 0;
  `);
}

/** Whether a row has values. One whose list is missing counts as one that has: it is read, and then left out and told of. */
export const hasValues = "coalesce(len(features), 1) > 0";
