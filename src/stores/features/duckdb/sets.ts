import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import { definitionSchema, keptSets, populationsSchema } from "../feature-set-schema.ts";
import type { FeatureSet } from "../feature-store.ts";

/** Stores `set` once, with the greatest number. */
export async function putSet(connection: DuckDBConnection, set: FeatureSet): Promise<void> {
  await connection.run("DELETE FROM feature_sets WHERE id = $1", [set.id]);
  await connection.run(
    `INSERT INTO feature_sets (number, ${columns})
     SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5 FROM feature_sets`,
    [set.id, set.snapshot, JSON.stringify(set.definition), JSON.stringify(set.populations), JSON.stringify(set.names)],
  );
  await connection.run(
    `DELETE FROM feature_sets WHERE number NOT IN (SELECT number FROM feature_sets ORDER BY number DESC LIMIT ${keptSets})`,
  );
}

export async function currentSet(connection: DuckDBConnection): Promise<FeatureSet | undefined> {
  const sets = await readSets(await connection.run(`SELECT ${columns} FROM feature_sets ORDER BY number DESC LIMIT 1`));
  return sets[0];
}

export async function setOf(connection: DuckDBConnection, id: string): Promise<FeatureSet | undefined> {
  const sets = await readSets(await connection.run(`SELECT ${columns} FROM feature_sets WHERE id = $1`, [id]));
  return sets[0];
}

/** The ids of the sets put after this one. */
export async function setsPutAfter(connection: DuckDBConnection, id: string): Promise<ReadonlySet<string>> {
  const result = await connection.run(
    "SELECT id FROM feature_sets WHERE number > (SELECT number FROM feature_sets WHERE id = $1)",
    [id],
  );
  return new Set((await readRows(result, z.tuple([z.string()]))).map(([newer]) => newer));
}

/**
 * If the set is the current one, deletes the rows of users who are not in it, and the scores of those without values in
 * it. Returns how many users that were.
 */
export async function prune(connection: DuckDBConnection, id: string): Promise<number> {
  const set = await currentSet(connection);
  if (set?.id !== id) return 0;
  const here = "(SELECT user_id FROM features WHERE set_id = $1 AND len(features) > 0)";
  const [row] = await readRows(
    await connection.run(
      `SELECT count(*)::DOUBLE FROM (
         SELECT user_id FROM features WHERE set_id <> $1
         UNION SELECT user_id FROM scores WHERE user_id NOT IN ${here})`,
      [set.id],
    ),
    z.tuple([z.int()]),
  );
  await connection.run(`DELETE FROM scores WHERE user_id NOT IN ${here}`, [set.id]);
  await connection.run("DELETE FROM features WHERE set_id <> $1", [set.id]);
  return row?.[0] ?? 0;
}

const columns = "id, snapshot, definition, populations, names";

async function readSets(result: DuckDBMaterializedResult): Promise<FeatureSet[]> {
  const rows = await readRows(
    result,
    z.tuple([
      z.string(),
      z.int(),
      jsonText(definitionSchema),
      jsonText(populationsSchema),
      jsonText(z.array(z.string())),
    ]),
  );
  return rows.map(([id, snapshot, definition, populations, names]) => ({
    id,
    snapshot,
    definition,
    populations,
    names,
  }));
}
