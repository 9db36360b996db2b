import { DOUBLE, type DuckDBConnection, INTEGER, UTINYINT, VARCHAR } from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { jsonText } from "#churn/json-text.ts";
import type { Score } from "#churn/score.ts";
import { type Column, replaceUsers } from "../../connections/duckdb/append.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import { reasonsSchema, riskSchema } from "../score-schema.ts";

export async function putScores(connection: DuckDBConnection, scores: readonly Score[]): Promise<void> {
  await replaceUsers(connection, "scores", columns, scores);
}

export async function dropScores(connection: DuckDBConnection, userIds: readonly string[]): Promise<void> {
  await deleteUsers(connection, "scores", userIds);
}

const columns: Column<Score>[] = [
  ["bucket", UTINYINT, (score) => bucketOf(score.userId)],
  ["user_id", VARCHAR, (score) => score.userId],
  ["snapshot", INTEGER, (score) => score.snapshot],
  ["probability", DOUBLE, (score) => score.probability],
  ["risk", VARCHAR, (score) => score.risk],
  ["model_version", VARCHAR, (score) => score.modelVersion],
  ["reasons", VARCHAR, (score) => JSON.stringify(score.reasons)],
];

/** Highest probability first, ties by user id. */
export async function topScores(connection: DuckDBConnection, limit: number): Promise<Score[]> {
  const result = await connection.run(
    `SELECT user_id, snapshot, probability, risk, model_version, reasons FROM scores
     ORDER BY probability DESC, user_id LIMIT $1`,
    [limit],
  );
  return (await readRows(result, scoreRow)).map(([userId, snapshot, probability, risk, modelVersion, reasons]) => ({
    userId,
    snapshot,
    probability,
    risk,
    modelVersion,
    reasons,
  }));
}

const scoreRow = z.tuple([z.string(), z.int(), z.number(), riskSchema, z.string(), jsonText(reasonsSchema)]);
