import { type DuckDBConnection, DuckDBDataChunk, DuckDBVarCharVector, UTINYINT, VARCHAR } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";
import { appendTo } from "../../connections/duckdb/append.ts";
import { columnOf } from "../../connections/duckdb/read.ts";

/**
 * Makes the temporary table `user_buckets` of the different users that a query selects, each with its bucket: a hash that SQL does
 * not have. So actions need not hold it, of which there are many for each user.
 */
export async function makeUserBuckets(connection: DuckDBConnection, actions: string): Promise<void> {
  await connection.run("CREATE OR REPLACE TEMP TABLE user_buckets (user_id VARCHAR, bucket UTINYINT)");
  const result = await connection.run(`SELECT DISTINCT user_id FROM (${actions}) WHERE user_id IS NOT NULL`);
  const chunks: DuckDBDataChunk[] = [];
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const ids = columnOf(chunk, 0, DuckDBVarCharVector);
    const users = Array.from({ length: chunk.rowCount }, (_, row) => ids.getItem(row) ?? "");
    const made = DuckDBDataChunk.create([VARCHAR, UTINYINT], users.length);
    made.setColumns([users, users.map(bucketOf)]);
    chunks.push(made);
  }
  await appendTo(connection, "user_buckets", "temp", chunks);
}
