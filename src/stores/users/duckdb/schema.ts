import type { DuckDBConnection } from "@duckdb/node-api";
import { formerScoresType } from "./former-scores.ts";

/**
 * Creates the missing table of the list: without keys, as that of the features. It needs no index either: DuckDB reads a
 * column of a million numbers in a few milliseconds, and then the rest of the rows on the page only. `rewriteSorted` puts those
 * of one page side by side.
 */
export async function createUserTable(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    -- Days count from 1970-01-01; written is in milliseconds since then; reasons is JSON.
    CREATE TABLE IF NOT EXISTS listed_users (
      bucket UTINYINT, user_id VARCHAR, state VARCHAR, lapsed_since INTEGER, snapshot INTEGER, model_version VARCHAR,
      probability DOUBLE, risk VARCHAR, risk_before VARCHAR, value DOUBLE, value_at_risk DOUBLE, silence DOUBLE, tenure DOUBLE,
      active_days DOUBLE, usual_gap DOUBLE, typical_gap DOUBLE, reason_groups VARCHAR[], reasons VARCHAR, written DOUBLE);
    -- Unknown in rows that were written before there was this column: then it goes by risk_before.
    ALTER TABLE listed_users ADD COLUMN IF NOT EXISTS was_at_risk BOOLEAN;
    -- Likewise: then by the list of the snapshot before.
    ALTER TABLE listed_users ADD COLUMN IF NOT EXISTS told_risk VARCHAR;
    ALTER TABLE listed_users ADD COLUMN IF NOT EXISTS told_at_risk BOOLEAN;
    ALTER TABLE listed_users ADD COLUMN IF NOT EXISTS begun_risk VARCHAR;
    -- The oldest first. Unknown in such rows: then they begin with the next list.
    ALTER TABLE listed_users ADD COLUMN IF NOT EXISTS former_scores ${formerScoresType};
  `);
}
