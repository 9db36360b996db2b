import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { faults, lineSql, type StagedFile, stagedContentSql, stagedIdSql } from "./stage.ts";

/** An id that comes again with other content. */
export interface Contradiction {
  readonly id: string;
  /** Lines that have it. */
  readonly lines: readonly number[];
  /** How many ids do that. */
  readonly ids: number;
}

/**
 * Finds rows whose identity another row has: `repeats` then holds the identities that occur more than once. Returns the
 * first id that comes with other content, if one does: then the column is no id.
 */
export async function findRepeats(files: readonly StagedFile[], scratch: Scratch): Promise<Contradiction | undefined> {
  await scratch.run(`CREATE OR REPLACE TABLE repeats AS SELECT hash FROM staged WHERE reason IS NULL ${await amongTied(scratch)}
    GROUP BY hash HAVING count(*) > 1`);
  const found = await scratch.rows(
    `WITH contradicting AS (
       SELECT event_id, list(${lineSql(files)} ORDER BY row)[:3]::DOUBLE[] AS lines FROM staged JOIN repeats USING (hash)
       WHERE event_id IS NOT NULL GROUP BY event_id HAVING count(DISTINCT ${stagedContentSql}) > 1)
     SELECT event_id, lines, (SELECT count(*) FROM contradicting)::DOUBLE FROM contradicting ORDER BY lines LIMIT 1`,
    z.tuple([z.string(), z.array(z.number()), z.number()]),
  );
  const [first] = found;
  return first === undefined ? undefined : { id: first[0], lines: first[1], ids: first[2] };
}

/**
 * SQL for a condition under which rows may repeat others, empty where all of them may. Without ids, repeats have the same time:
 * in a log in the order of time they stand together, and mostly few rows share their time with a neighbour. To group these alone
 * takes a tenth of the time.
 */
async function amongTied(scratch: Scratch): Promise<string> {
  // Both questions, whether rows share a time and which, are answered by one look at them in their order.
  await scratch.run(`CREATE OR REPLACE TEMP TABLE steps AS
    SELECT time, time = before AS tied FROM (SELECT time, lag(time) OVER () AS before FROM staged WHERE reason IS NULL) WHERE time <= before`);
  const [rows, ids, backward, tied] = await scratch.row(
    `SELECT count(*)::DOUBLE, count(event_id)::DOUBLE, (SELECT count(*) FROM steps WHERE NOT tied)::DOUBLE,
       (SELECT count(*) FROM steps WHERE tied)::DOUBLE FROM staged WHERE reason IS NULL`,
    z.tuple([z.number(), z.number(), z.number(), z.number()]),
  );
  if (ids > 0 || backward > 0 || tied > mostTied * rows) return "";
  return "AND time IN (SELECT time FROM steps)";
}

/** From this share of the rows on it is quicker to group all of them. */
const mostTied = 0.1;

/**
 * Settles what rows with the same identity are, in the table `settled` (row, hash, event_id, is_copy): with an id of
 * their own, copies of the first; where the first of an id has other content, refused; without an id, actions of their
 * own that are told apart by how many equal rows of the same file came before. See docs/decisions/import-identity.md.
 */
export async function settleRepeats(scratch: Scratch): Promise<void> {
  const id = `rtrim(translate(to_base64(unhex(md5(${stagedContentSql}))), '+/', '-_'), '=')`;
  await scratch.run(`
    CREATE OR REPLACE TABLE settled AS
    WITH repeated AS (SELECT * FROM staged JOIN repeats USING (hash) WHERE reason IS NULL),
    counted AS (
      SELECT row, file, hash, event_id, ${id} AS content,
        row_number() OVER (PARTITION BY file, hash ORDER BY row) AS occurrence,
        first(${stagedContentSql}) OVER (PARTITION BY hash ORDER BY row) = ${stagedContentSql} AS same
      FROM repeated),
    named AS (
      SELECT row, same OR event_id IS NULL AS same,
        CASE WHEN event_id IS NULL AND occurrence > 1 THEN content || '#' || occurrence ELSE event_id END AS event_id,
        hash FROM counted),
    hashed AS (
      SELECT row, same, event_id, CASE WHEN event_id IS NULL THEN hash
        ELSE md5_number(${stagedIdSql}) END AS hash FROM named)
    SELECT row, event_id, hash, same, row_number() OVER (PARTITION BY hash ORDER BY row) > 1 AS is_copy FROM hashed;
    UPDATE staged_rows SET reason = ${literal(faults.otherContent)} FROM settled WHERE staged_rows.rowid = settled.row AND NOT settled.same;
    DELETE FROM settled WHERE NOT same`);
}
