import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import * as z from "zod";
import type { BucketRange } from "#churn/buckets.ts";
import { jsonText } from "#churn/json-text.ts";
import { inBuckets } from "../../connections/duckdb/in-buckets.ts";
import { readRows, readStored } from "../../connections/duckdb/read.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import { definitionSchema, keptSets, populationsSchema } from "../feature-set-schema.ts";
import type { FeatureSet } from "../feature-store.ts";
import { hasValues } from "./schema.ts";

/** Stores `set` once, with the number of its run, or the greatest. */
export async function putSet(
  connection: DuckDBConnection,
  set: FeatureSet,
  run: number | undefined,
  unreadable: UnreadableRows,
): Promise<void> {
  const current = (await currentSet(connection, unreadable))?.id ?? "";
  await connection.run("DELETE FROM feature_sets WHERE id = $1", [set.id]);
  await connection.run(
    `INSERT INTO feature_sets (number, ${columns}, complete)
     SELECT coalesce($7::BIGINT, max(number) + 1, 1), $1, $2, $3, $4, $5, $6 FROM feature_sets`,
    [
      ...[set.id, set.snapshot, JSON.stringify(set.definition)],
      ...[JSON.stringify(set.populations), JSON.stringify(set.names), set.id === current, run ?? null],
    ],
  );
  await connection.run(
    `DELETE FROM feature_sets WHERE id <> $1
     AND number NOT IN (SELECT number FROM feature_sets ORDER BY number DESC LIMIT ${keptSets})`,
    [current],
  );
}

export async function completeSet(connection: DuckDBConnection, id: string): Promise<void> {
  await connection.run("UPDATE feature_sets SET complete = true WHERE id = $1", [id]);
}

export async function lastNumber(connection: DuckDBConnection): Promise<number> {
  const result = await connection.run("SELECT coalesce(max(number), 0)::DOUBLE FROM feature_sets");
  const [row] = await readRows(result, z.tuple([z.int()]));
  return row?.[0] ?? 0;
}

/** One that cannot be read counts as absent: an earlier one must not take its place, whose rows are gone. */
export async function currentSet(
  connection: DuckDBConnection,
  unreadable: UnreadableRows,
): Promise<FeatureSet | undefined> {
  const sets = await readSets(
    await connection.run(`SELECT ${columns} FROM feature_sets WHERE complete ORDER BY number DESC LIMIT 1`),
    unreadable,
  );
  return sets[0];
}

/** Likewise. */
export async function latestSet(
  connection: DuckDBConnection,
  unreadable: UnreadableRows,
): Promise<FeatureSet | undefined> {
  const sets = await readSets(
    await connection.run(`SELECT ${columns} FROM feature_sets ORDER BY number DESC LIMIT 1`),
    unreadable,
  );
  return sets[0];
}

export async function setOf(
  connection: DuckDBConnection,
  id: string,
  unreadable: UnreadableRows,
): Promise<FeatureSet | undefined> {
  const sets = await readSets(
    await connection.run(`SELECT ${columns} FROM feature_sets WHERE id = $1`, [id]),
    unreadable,
  );
  return sets[0];
}

/** The ids of the sets that are later than this one. */
export async function setsAfter(connection: DuckDBConnection, id: string): Promise<ReadonlySet<string>> {
  const result = await connection.run(
    "SELECT id FROM feature_sets WHERE number > (SELECT number FROM feature_sets WHERE id = $1)",
    [id],
  );
  return new Set((await readRows(result, z.tuple([z.string()]))).map(([newer]) => newer));
}

/**
 * If the set is the latest, deletes the rows of users who are not in it, and the scores of those without values in
 * it, in a range of buckets. Returns how many users that were.
 */
export async function prune(
  connection: DuckDBConnection,
  id: string,
  range: BucketRange,
  unreadable: UnreadableRows,
): Promise<number> {
  if ((await setOf(connection, id, unreadable)) === undefined || (await setsAfter(connection, id)).size > 0) return 0;
  const among = inBuckets(range);
  const here = `(SELECT user_id FROM features WHERE set_id = $1 AND ${hasValues} AND ${among})`;
  const [row] = await readRows(
    await connection.run(
      `SELECT count(*)::DOUBLE FROM (
         SELECT user_id FROM features WHERE set_id <> $1 AND ${among}
         UNION SELECT user_id FROM scores WHERE user_id NOT IN ${here} AND ${among})`,
      [id],
    ),
    z.tuple([z.int()]),
  );
  const former = row?.[0] ?? 0;
  if (former === 0) return 0;
  await connection.run(`DELETE FROM scores WHERE user_id NOT IN ${here} AND ${among}`, [id]);
  await connection.run(`DELETE FROM features WHERE set_id <> $1 AND ${among}`, [id]);
  return former;
}

const columns = "id, snapshot, definition, populations, names";

async function readSets(result: DuckDBMaterializedResult, unreadable: UnreadableRows): Promise<FeatureSet[]> {
  const rows = await readStored(
    result,
    z.tuple([
      z.string(),
      z.int(),
      jsonText(definitionSchema),
      jsonText(populationsSchema),
      jsonText(z.array(z.string())),
    ]),
    { unreadable, table: "feature_sets" },
  );
  return rows.map(([id, snapshot, definition, populations, names]) => ({
    id,
    snapshot,
    definition,
    populations,
    names,
  }));
}
