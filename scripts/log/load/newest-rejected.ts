import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { faults } from "./stage.ts";

/** A stretch of a log is the twentieth part of it; fewer rejected rows than this in it tell nothing. */
const stretch = 0.05;
const leastOfStretch = 10;

/** Clocks that tell nothing of when the row was written. */
const untold = [faults.ahead, faults.early, faults.old].map(literal).join(", ");

/**
 * Why the rejected rows are likely those that matter most, if they are: more than half of the newest stretch, or all of a
 * file. A rejected row is of its own time where that is known, else of that of the readable rows of its file next to it, of
 * the same user rather than another's, the later rather than the earlier: so it is of the newest in a file that begins with them, in one of several files, and where each user's rows
 * stand together.
 */
export async function whyNewest(paths: readonly string[], scratch: Scratch): Promise<string | undefined> {
  await scratch.run(`CREATE OR REPLACE TEMP TABLE rejected AS
    WITH bad AS (
      SELECT row, file, user_id, NOT starts_with(reason, '-') AS counts, row - row_number() OVER (ORDER BY row) AS run,
        CASE WHEN reason NOT IN (${untold}) THEN time END AS time FROM staged WHERE reason IS NOT NULL),
    runs AS (SELECT file, run, min(row) - 1 AS before, max(row) + 1 AS after FROM bad GROUP BY file, run),
    good AS (SELECT row, file, time, user_id FROM staged WHERE reason IS NULL AND row IN (SELECT unnest([before, after]) FROM runs)),
    near AS (SELECT file, run, good.time, good.user_id FROM runs JOIN good USING (file) WHERE good.row = before OR good.row = after)
    SELECT bad.file, coalesce(any_value(bad.time), max(near.time) FILTER (near.user_id = bad.user_id), max(near.time)) AS time
    FROM bad LEFT JOIN near USING (file, run) WHERE counts GROUP BY bad.row, bad.file`);
  const [lost] = await scratch.rows(
    `SELECT file::DOUBLE FROM rejected GROUP BY file HAVING count(*) >= ${leastOfStretch} AND count(*) = (
       SELECT count(*) FROM staged WHERE staged.file = rejected.file AND (reason IS NULL OR NOT starts_with(reason, '-')))`,
    z.tuple([z.number()]),
  );
  if (lost !== undefined) return `none of the rows of ${paths[lost[0]]} can be read`;
  const [rejected, all] = await scratch.row(
    `WITH times AS (SELECT time, false AS bad FROM staged WHERE reason IS NULL UNION ALL SELECT time, true FROM rejected WHERE time IS NOT NULL)
     SELECT count(*) FILTER (bad)::DOUBLE, count(*)::DOUBLE FROM times
     WHERE time >= (SELECT quantile_disc(time, ${1 - stretch}) FROM times)`,
    z.tuple([z.number(), z.number()]),
  );
  return rejected >= leastOfStretch && 2 * rejected > all ? "most of its newest rows cannot be read" : undefined;
}
