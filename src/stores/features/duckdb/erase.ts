import { type DuckDBConnection, UTINYINT, VARCHAR } from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { appendIncoming, type Column, chunksOf, createIncoming } from "../../connections/duckdb/append.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { ErasedFeatures } from "../feature-store.ts";

/** Deletes the features and scores of these users, and tells how many there were. */
export async function eraseUsers(connection: DuckDBConnection, userIds: readonly string[]): Promise<ErasedFeatures> {
  return {
    features: await deleteUsers(connection, "features", userIds),
    scores: await deleteUsers(connection, "scores", userIds),
  };
}

/** Deletes the rows of these users from a table, and tells how many there were. */
export async function deleteUsers(
  connection: DuckDBConnection,
  table: "features" | "scores",
  userIds: readonly string[],
): Promise<number> {
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...new Set(userIds)], columns));
  const deleted = await connection.run(
    `DELETE FROM ${table} old USING incoming WHERE old.bucket = incoming.bucket AND old.user_id = incoming.user_id`,
  );
  const [row] = await readRows(deleted, z.tuple([z.bigint()]));
  return Number(row?.[0] ?? 0);
}

const columns: Column<string>[] = [
  ["bucket", UTINYINT, bucketOf],
  ["user_id", VARCHAR, (userId) => userId],
];
