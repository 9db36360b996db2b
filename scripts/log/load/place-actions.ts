import { dirname } from "node:path";
import * as z from "zod";
import { actionColumns } from "#stores/actions/duckdb/action-columns.ts";
import { createFileOf, isThere } from "#stores/durable-files.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import type { Scratch } from "../scratch.ts";
import { idHalvesSql } from "./stage.ts";

/**
 * Makes the scratch database that of the embedded store: its only tables are then `actions`, of the staged actions, and `user_numbers`. So a first import
 * writes them once. It stands at `path` whole or not at all. Returns false, and has changed nothing, where there is a database already,
 * where storing the actions anew takes less time or room, or where a row was rejected: its texts would stay in the file, and no erasure
 * would find them. Throws StoreUnavailable where the file cannot be finished or put there.
 */
export async function placeActions(path: string, hasRepeats: boolean, scratch: Scratch): Promise<boolean> {
  if ((await isDatabaseAt(path)) || !(await isWorthKeeping(hasRepeats, scratch))) return false;
  try {
    await finish(hasRepeats, scratch);
  } catch (cause) {
    throw new StoreUnavailable(
      `Could not store the actions: their database in the temporary folder could not be finished. Has ${dirname(scratch.folder)} (TMPDIR) room?`,
      { cause },
    );
  }
  const isCreated = await createFileOf(scratch.databasePath, path).catch((cause: Error) => {
    throw new StoreUnavailable(`Could not store the actions in ${path}: ${cause.message}`, { cause });
  });
  if (isCreated) return true;
  throw new StoreUnavailable(`Could not store the actions: another process made ${path} meanwhile. Start once more.`);
}

/** Whether there is a database, or what is left of one. */
export async function isDatabaseAt(path: string): Promise<boolean> {
  return (await isThere(path)) || (await isThere(`${path}.wal`));
}

/** Leaves nothing but the actions, all of them in the file. */
async function finish(hasRepeats: boolean, scratch: Scratch): Promise<void> {
  if (hasRepeats)
    await scratch.run(`
      UPDATE staged_rows SET id_high = named.id_high, id_low = named.id_low
      FROM (SELECT row, ${idHalvesSql("hash")} FROM settled WHERE NOT is_copy) named WHERE staged_rows.rowid = named.row;
      UPDATE staged_rows SET reason = 'copy' FROM settled WHERE staged_rows.rowid = settled.row AND is_copy`);
  await scratch.run("DELETE FROM staged_rows WHERE reason IS NOT NULL; DROP VIEW actions; DROP VIEW staged");
  // Not loaded where there is no DuckDB.
  const { makeUserBuckets } = await import("#stores/actions/duckdb/user-buckets.ts");
  const { createUserNumbers, numberUsers } = await import("#stores/actions/duckdb/user-numbers.ts");
  const isNumbering = !(await arePassive(scratch));
  if (isNumbering) await makeUserBuckets(scratch.connection, "SELECT user_id FROM users");
  for (const [table] of await namesIn("duckdb_tables()", "table_name", scratch))
    if (table !== "staged_rows") await scratch.run(`DROP TABLE "${table}"`);
  for (const [column] of await namesIn("duckdb_columns()", "column_name", scratch))
    if (!actionColumns.has(column)) await scratch.run(`ALTER TABLE staged_rows DROP COLUMN "${column}"`);
  if (isNumbering) {
    // So the first roll-up need not look for them among all actions.
    await scratch.run(createUserNumbers);
    await numberUsers(scratch.connection, "user_buckets");
  }
  await scratch.run("ALTER TABLE staged_rows RENAME TO actions; CHECKPOINT");
  await scratch.release();
}

/** Whether some actions are passive: users who have no others get no number. */
async function arePassive(scratch: Scratch): Promise<boolean> {
  const sql = "SELECT coalesce(bool_or(passive), false) FROM staged_rows";
  return (await scratch.row(sql, z.tuple([z.boolean()])))[0];
}

/** Whether no row was rejected, few have to be changed, and most of the file is theirs: what other tables took stays in it as free room. */
async function isWorthKeeping(hasRepeats: boolean, scratch: Scratch): Promise<boolean> {
  const [rows, rejected, changed] = await scratch.row(
    `SELECT count(*)::DOUBLE, count(reason)::DOUBLE, (${hasRepeats ? "SELECT count(*) FROM settled" : "0"})::DOUBLE FROM staged_rows`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  const [blocks, all] = await scratch.row(
    `SELECT (SELECT count(DISTINCT block_id) FROM pragma_storage_info('staged_rows') WHERE persistent)::DOUBLE, total_blocks::DOUBLE
     FROM pragma_database_size()`,
    z.tuple([z.number(), z.number()]),
  );
  return rejected === 0 && changed <= mostChanged * rows && all <= mostRoom * blocks + fewBlocks;
}

/** Of the rows; to change more takes longer than to write them anew. */
const mostChanged = 0.05;
/** As many times the blocks of the rows. */
const mostRoom = 1.5;
/** Some megabytes, which do not matter. */
const fewBlocks = 32;

function namesIn(objects: string, name: string, scratch: Scratch): Promise<[string][]> {
  return scratch.rows(`SELECT ${name} FROM ${objects} WHERE database_name = current_database()`, z.tuple([z.string()]));
}
