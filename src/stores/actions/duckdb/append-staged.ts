import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { readRows } from "../../connections/duckdb/read.ts";
import type { StagedOutcome } from "../action-store.ts";

/**
 * Stores the actions of another DuckDB file that are not stored yet, in one statement: either all of them are stored or
 * none. The file's table or view `actions` has the columns of ours save batch and ingested, besides `row`, a number of
 * each, and `event_id`, NULL where the content is the identity; it holds no action twice.
 */
export async function appendStaged(
  connection: DuckDBConnection,
  file: string,
  batch: number,
  now: number,
  mostContradicting = Number.POSITIVE_INFINITY,
): Promise<StagedOutcome> {
  await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS staged (READ_ONLY)`);
  try {
    const [known, contradicting] = await findKnown(connection);
    if (contradicting > mostContradicting) return { created: 0, duplicates: 0, contradicting };
    // Nothing depends on the order within a batch, and keeping it halves the speed. The setting is that of all sessions.
    await connection.run("SET preserve_insertion_order = false");
    const inserted = await connection.run(`
      INSERT INTO actions
      SELECT ${batch}, make_timestamp_ms(${Math.trunc(now)}), * EXCLUDE (row, event_id) FROM staged.actions
      ${known === 0 ? "" : "WHERE row NOT IN (SELECT row FROM known)"}`);
    return { created: inserted.rowsChanged, duplicates: known - contradicting, contradicting };
  } finally {
    await connection.run("RESET preserve_insertion_order; DROP TABLE IF EXISTS known; DETACH staged");
  }
}

/** Makes the temporary table `known` of the rows that are stored already; returns their number, and of whom the content differs. */
async function findKnown(connection: DuckDBConnection): Promise<readonly [known: number, contradicting: number]> {
  const [stores] = await readRows(await connection.run("SELECT count(*)::DOUBLE FROM actions"), z.tuple([z.number()]));
  if (stores?.[0] === 0) return [0, 0];
  const [months] = await readRows(
    await connection.run(`
      SELECT min(month), max(month), (SELECT count(*) FROM actions
        WHERE month BETWEEN (SELECT min(month) FROM staged.actions) AND (SELECT max(month) FROM staged.actions))::DOUBLE
      FROM staged.actions`),
    z.tuple([z.int().nullable(), z.int().nullable(), z.number()]),
  );
  const [first, last, stored] = months ?? [null, null, 0];
  if (first === null || last === null || stored === 0) return [0, 0];
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE known AS
    SELECT new.row, new.event_id IS NOT NULL AND (new.user_id <> old.user_id OR new.action <> old.action OR new.time <> old.time
      OR new.value IS DISTINCT FROM old.value) AS differs
    FROM staged.actions new JOIN actions old USING (id_low, id_high, month) WHERE month BETWEEN ${first} AND ${last}`);
  const [counts] = await readRows(
    await connection.run("SELECT count(DISTINCT row)::DOUBLE, count(DISTINCT row) FILTER (differs)::DOUBLE FROM known"),
    z.tuple([z.number(), z.number()]),
  );
  return counts ?? [0, 0];
}
