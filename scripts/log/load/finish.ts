import { DuckDBDataChunk, DuckDBVarCharVector, UTINYINT, VARCHAR } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";
import { columnOf } from "#stores/connections/duckdb/read.ts";
import type { Scratch } from "../scratch.ts";

/** What DuckDB holds in one chunk. */
const chunkRows = 2_048;

/**
 * Makes the view `actions` of the staged rows that are actions and no copies: the columns of the embedded store's table
 * save batch and ingested, with `line` order kept by `row`, and `event_id` where the identity is not the content.
 */
export async function finishActions(scratch: Scratch, hasRepeats: boolean): Promise<void> {
  await fillBuckets(scratch);
  const joined = hasRepeats
    ? "LEFT JOIN settled ON settled.row = staged.row WHERE reason IS NULL AND NOT coalesce(settled.is_copy, false)"
    : "WHERE reason IS NULL";
  const own = (column: string) => (hasRepeats ? `coalesce(settled.${column}, staged.${column})` : `staged.${column}`);
  await scratch.run(`
    CREATE OR REPLACE VIEW actions AS
    SELECT (hash >> 64)::UBIGINT AS id_high, (hash & 18446744073709551615::UHUGEINT)::UBIGINT AS id_low,
      date_diff('month', DATE '1970-01-01', make_timestamp_ms(time)::DATE)::INTEGER AS month,
      (time // 86400000)::INTEGER AS day, bucket, time::DOUBLE AS time, user_id, action, value, passive, event_id, row
    FROM (SELECT ${own("hash")} AS hash, ${own("event_id")} AS event_id, staged.time, staged.user_id, staged.action, staged.value, staged.passive,
            staged.row AS row FROM staged ${joined})
    JOIN buckets USING (user_id)`);
}

/** The table `buckets` of each user's bucket, which is a hash that SQL does not have. */
async function fillBuckets(scratch: Scratch): Promise<void> {
  await scratch.run("CREATE OR REPLACE TABLE buckets (user_id VARCHAR, bucket UTINYINT)");
  const appender = await scratch.connection.createAppender("buckets");
  const result = await scratch.connection.run("SELECT user_id FROM users");
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const { rowCount } = chunk;
    const ids = columnOf(chunk, 0, DuckDBVarCharVector);
    const users = Array.from({ length: rowCount }, (_, row) => ids.getItem(row) ?? "");
    for (let from = 0; from < users.length; from += chunkRows) {
      const part = users.slice(from, from + chunkRows);
      const rows = DuckDBDataChunk.create([VARCHAR, UTINYINT], part.length);
      rows.setColumns([part, part.map(bucketOf)]);
      appender.appendDataChunk(rows);
    }
  }
  appender.closeSync();
}
