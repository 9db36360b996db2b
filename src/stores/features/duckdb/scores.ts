import { DOUBLE, type DuckDBConnection, INTEGER, UTINYINT, VARCHAR } from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { jsonText } from "#churn/json-text.ts";
import type { Score } from "#churn/score.ts";
import { type Column, replaceUsers } from "../../connections/duckdb/append.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import { readRows, readStored } from "../../connections/duckdb/read.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import { reasonsSchema, riskSchema } from "../score-schema.ts";

/** Of runs with a greater number than `run` scores stay. */
export async function putScores(
  connection: DuckDBConnection,
  scores: readonly Score[],
  run: number | undefined,
): Promise<void> {
  const newer = await scoredAfter(connection, run);
  const columns: Column<Score>[] = [...scoreColumns, ["run", DOUBLE, () => run ?? 0]];
  const own = newer.size === 0 ? scores : scores.filter(({ userId }) => !newer.has(userId));
  await replaceUsers(connection, "scores", columns, own);
}

export async function dropScores(
  connection: DuckDBConnection,
  userIds: readonly string[],
  run: number | undefined,
): Promise<void> {
  const newer = await scoredAfter(connection, run);
  await deleteUsers(
    connection,
    "scores",
    userIds.filter((userId) => !newer.has(userId)),
  );
}

/** The greatest number of a run that scores were written with; 0 if there are none. */
export async function lastScoring(connection: DuckDBConnection): Promise<number> {
  const result = await connection.run("SELECT coalesce(max(run), 0) FROM scores");
  return (await readRows(result, z.tuple([z.number()])))[0]?.[0] ?? 0;
}

/** Users whose scores are of a run with a greater number; hardly ever any. */
async function scoredAfter(connection: DuckDBConnection, run: number | undefined): Promise<ReadonlySet<string>> {
  if (run === undefined) return new Set();
  const result = await connection.run("SELECT user_id FROM scores WHERE run > $1 AND user_id IS NOT NULL", [run]);
  return new Set((await readRows(result, z.tuple([z.string()]))).map(([userId]) => userId));
}

const scoreColumns: Column<Score>[] = [
  ["bucket", UTINYINT, (score) => bucketOf(score.userId)],
  ["user_id", VARCHAR, (score) => score.userId],
  ["snapshot", INTEGER, (score) => score.snapshot],
  ["probability", DOUBLE, (score) => score.probability],
  ["risk", VARCHAR, (score) => score.risk],
  ["model_version", VARCHAR, (score) => score.modelVersion],
  ["reasons", VARCHAR, (score) => JSON.stringify(score.reasons)],
];

/** Highest probability first, ties by user id. */
export async function topScores(
  connection: DuckDBConnection,
  limit: number,
  unreadable: UnreadableRows,
): Promise<Score[]> {
  // DuckDB takes NaN for the greatest number: damaged rows would take the places of the riskiest users.
  const damaged = "NOT coalesce(isfinite(probability), false)";
  const result = await connection.run(
    `FROM (SELECT ${scoreColumnNames} FROM scores WHERE ${damaged} LIMIT 1000)
     UNION ALL (SELECT ${scoreColumnNames} FROM scores WHERE NOT ${damaged} ORDER BY probability DESC, user_id LIMIT $1)
     ORDER BY probability DESC, user_id`,
    [limit],
  );
  const rows = await readStored(result, scoreRow, { unreadable, table: "scores", keys: "user" });
  return rows.map(([userId, snapshot, probability, risk, modelVersion, reasons]) => ({
    userId,
    snapshot,
    probability,
    risk,
    modelVersion,
    reasons,
  }));
}

const scoreColumnNames = "user_id, snapshot, probability, risk, model_version, reasons";

const scoreRow = z.tuple([z.string(), z.int(), z.number(), riskSchema, z.string(), jsonText(reasonsSchema)]);
