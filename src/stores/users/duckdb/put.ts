import type { DuckDBConnection } from "@duckdb/node-api";
import { appendIncoming, chunksOf, createIncoming } from "../../connections/duckdb/append.ts";
import { wasAtRisk } from "./filter.ts";
import { columns, type WrittenUser } from "./rows.ts";

/**
 * Replaces the rows of these users that no later run has written, of several rows of one user by the last; each keeps what the user was at an earlier
 * snapshot, and whether they were at risk then as `isAtRisk` has it. Must run in a transaction.
 */
export async function putRows(connection: DuckDBConnection, users: readonly WrittenUser[]): Promise<void> {
  const latest = new Map(users.map((user) => [user.userId, user]));
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...latest.values()], columns));
  await connection.run(`
    DELETE FROM incoming USING listed_users newer
    WHERE newer.bucket = incoming.bucket AND newer.user_id = incoming.user_id AND newer.written > incoming.written`);
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE replacing AS
    SELECT incoming.*, CASE WHEN old.snapshot < incoming.snapshot THEN coalesce(old.risk, 'lapsed')
      ELSE old.risk_before END AS risk_before,
      CASE WHEN old.snapshot < incoming.snapshot
        THEN coalesce(old.risk = 'high' OR (old.risk = 'medium' AND ${wasAtRisk("old")}), false)
      ELSE old.was_at_risk END AS was_at_risk
    FROM incoming LEFT JOIN listed_users old USING (bucket, user_id)`);
  await connection.run(
    "DELETE FROM listed_users old USING incoming WHERE old.bucket = incoming.bucket AND old.user_id = incoming.user_id",
  );
  await connection.run("INSERT INTO listed_users BY NAME FROM replacing");
}
