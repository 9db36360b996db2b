import type { DuckDBConnection } from "@duckdb/node-api";
import { DOUBLE } from "@duckdb/node-api";
import { risksThen } from "#churn/risk-change.ts";
import { appendIncoming, chunksOf, createIncoming } from "../../connections/duckdb/append.ts";
import { type FormerLists, toldOfAll } from "../user-list.ts";
import { toldAtRisk, wasAtRisk } from "./filter.ts";
import { formerScoresAfter } from "./former-scores.ts";
import { columns, type WrittenUser } from "./rows.ts";

/**
 * Replaces the rows of these users that no later run has written, of several rows of one user by the last; each keeps what the user was at an earlier
 * snapshot, and whether they were at risk then as `isAtRisk` has it, the same of the lists of `toldThrough`, and the scores of
 * former lists from `scoresFrom` on. Must run in a transaction.
 */
export async function putRows(
  connection: DuckDBConnection,
  users: readonly WrittenUser[],
  { toldThrough = toldOfAll, scoresFrom = Number.NEGATIVE_INFINITY }: FormerLists,
): Promise<void> {
  const latest = new Map(users.map((user) => [user.userId, user]));
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...latest.values()], columns));
  await connection.run(`
    DELETE FROM incoming USING listed_users newer
    WHERE newer.bucket = incoming.bucket AND newer.user_id = incoming.user_id AND newer.written > incoming.written`);
  await connection.run(
    `
    CREATE OR REPLACE TEMP TABLE replacing AS
    SELECT incoming.*, CASE WHEN old.snapshot < incoming.snapshot THEN coalesce(old.risk, 'lapsed')
      ELSE old.risk_before END AS risk_before,
      CASE WHEN old.snapshot < incoming.snapshot
        THEN coalesce(old.risk = 'high' OR (old.risk = 'medium' AND ${wasAtRisk("old")}), false)
      ELSE old.was_at_risk END AS was_at_risk,
      CASE WHEN ${isTold} THEN coalesce(old.risk, 'lapsed')
        WHEN old.told_at_risk IS NULL THEN coalesce(old.told_risk, old.risk_before) ELSE old.told_risk END AS told_risk,
      CASE WHEN ${isTold} THEN coalesce(old.risk = 'high' OR (old.risk = 'medium' AND ${toldAtRisk("old")}), false)
        WHEN old.user_id IS NULL THEN NULL ELSE ${toldAtRisk("old")} END AS told_at_risk,
      CASE WHEN ${isTold} AND old.risk IS DISTINCT FROM 'medium' THEN NULL
        WHEN ${isBegun} AND ${isChanged} THEN coalesce(old.risk, 'lapsed') ELSE old.begun_risk END AS begun_risk,
      ${formerScoresAfter("$3")} AS former_scores
    FROM incoming LEFT JOIN (
      SELECT * REPLACE (${["risk", "risk_before", "told_risk", "begun_risk"].map(known).join(", ")}) FROM listed_users
    ) old USING (bucket, user_id)`,
    [toldThrough.whole, toldThrough.begun, scoresFrom],
    [DOUBLE, DOUBLE, DOUBLE],
  );
  await connection.run(
    "DELETE FROM listed_users old USING incoming WHERE old.bucket = incoming.bucket AND old.user_id = incoming.user_id",
  );
  await connection.run("INSERT INTO listed_users BY NAME FROM replacing");
}

/** What a user was, unless that cannot be read: it would make their rows unreadable for good. */
function known(column: string): string {
  return `CASE WHEN ${column} IN (${risksThen.map((risk) => `'${risk}'`).join(", ")}) THEN ${column} END AS ${column}`;
}

/** Whether others were told of the list that a row was on to its end; a run that writes a row again has told of none. */
const isTold = "(old.written < incoming.written AND old.written <= $1)";

/** Whether they were told of it in part. */
const isBegun = "(old.written < incoming.written AND old.written > $1 AND old.written <= $2)";

/** Whether a user's risk had changed on it, so that others may have been told of that. */
const isChanged = `CASE old.risk WHEN 'medium' THEN false WHEN 'high' THEN NOT ${toldAtRisk("old")} ELSE ${toldAtRisk("old")} END`;
