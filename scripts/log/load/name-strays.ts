import * as z from "zod";
import { bulkOf } from "#churn/bulk.ts";
import { formatDay, startOf } from "#churn/day.ts";
import type { Scratch } from "../scratch.ts";
import { lineSql, stagedRows } from "./stage.ts";
import type { StagedLog } from "./stage-files.ts";
import { placeOf } from "./take-account.ts";

/** Says which rows lie beyond the end of the log's bulk, if any do: they are stored, and move nothing. */
export async function nameStrays({ files, staged }: StagedLog, scratch: Scratch): Promise<string[]> {
  const days = await scratch.rows(
    "SELECT (time // 86400000)::DOUBLE, count(*)::DOUBLE FROM staged WHERE reason IS NULL GROUP BY 1",
    z.tuple([z.number(), z.number()]),
  );
  const bulk = bulkOf(days.map(([day, actions]) => ({ day, actions })));
  if (bulk === undefined || bulk.beyond === 0) return [];
  const rows = await scratch.rows(
    `SELECT file::DOUBLE, (${lineSql(staged)})::DOUBLE, user_id, time::DOUBLE, count(*) OVER ()::DOUBLE, (SELECT count(DISTINCT user_id) FROM staged WHERE reason IS NULL AND time >= ${startOf(bulk.lastDay + 1)})::DOUBLE
     FROM ${stagedRows} WHERE reason IS NULL AND time >= ${startOf(bulk.lastDay + 1)} ORDER BY time DESC LIMIT 3`,
    z.tuple([z.number(), z.number(), z.string(), z.number(), z.number(), z.number()]),
  );
  const [, , , , , users = 0] = rows[0] ?? [];
  const places = rows.map(
    ([file, line, user, time]) =>
      `${placeOf(files[file]?.records, line, files.length > 1)} (${user}, ${new Date(time).toISOString().slice(0, 10)})`,
  );
  const more = bulk.beyond > rows.length ? ", …" : "";
  const count = bulk.beyond.toLocaleString("en");
  return [
    `The log ends on ${formatDay(bulk.lastDay)}; ${count} ${bulk.beyond === 1 ? "action lies" : "actions"} beyond${bulk.beyond === 1 ? "" : ` of ${users.toLocaleString("en")} ${users === 1 ? "user" : "users"} lie`} later, as of clocks that are fast: ${places.join(", ")}${more}. Stored, but not taken for "now".`
      .replace(" beyond of", " of")
      .replace("lies beyond later", "lies later"),
  ];
}
