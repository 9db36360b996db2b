import * as z from "zod";
import { bulkOf } from "#churn/bulk.ts";
import { type Day, formatDay, startOf } from "#churn/day.ts";
import type { Scratch } from "../scratch.ts";
import { lineSql } from "./stage.ts";
import type { StagedLog } from "./stage-files.ts";
import { placeOf } from "./take-account.ts";

/** Names the users whose actions are dated outside the bulk of the log, where there are any: they are stored, and move nothing. */
export async function nameStrays(log: StagedLog, scratch: Scratch): Promise<string[]> {
  const days = await scratch.rows(
    "SELECT day::DOUBLE, count(*)::DOUBLE FROM staged WHERE reason IS NULL GROUP BY day",
    z.tuple([z.number(), z.number()]),
  );
  const bulk = bulkOf(days.map(([day, actions]) => ({ day, actions })));
  if (bulk === undefined) return [];
  const { firstDay, before, lastDay, beyond } = bulk;
  const notes: string[] = [];
  if (before > 0) {
    const who = await strays(log, `time < ${startOf(firstDay)}`, scratch);
    notes.push(`The log begins on ${formatDay(firstDay)}. ${sentence(before, "earlier", who)}`);
  }
  if (beyond > 0) {
    const who = await strays(log, `time >= ${startOf(lastDay + 1)}`, scratch);
    notes.push(`The log ends on ${formatDay(lastDay)}. ${sentence(beyond, "later", who)}`);
  }
  return notes;
}

interface Strays {
  readonly users: number;
  /** The first few, each with what there is of them. */
  readonly named: readonly string[];
}

const shown = 5;

async function strays({ files, staged }: StagedLog, condition: string, scratch: Scratch): Promise<Strays> {
  const row = z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number()]);
  const rows = await scratch.rows(
    `SELECT user_id, count(*)::DOUBLE, max(time)::DOUBLE, min_by(file, row)::DOUBLE, min_by(${lineSql(staged)}, row)::DOUBLE,
       count(*) OVER ()::DOUBLE
     FROM staged WHERE reason IS NULL AND ${condition} GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT ${shown}`,
    row,
  );
  const named = rows.map(([user, count, last, file, line]) => {
    const place = placeOf(files[file]?.records, line, files.length > 1);
    const day: Day = Math.floor(last / 86_400_000);
    return count === 1
      ? `${user} on ${formatDay(day)} (${place})`
      : `${user} (${count} from ${place} on, up to ${formatDay(day)})`;
  });
  return { users: rows[0]?.[5] ?? 0, named };
}

function sentence(count: number, when: "earlier" | "later", { users, named }: Strays): string {
  const who = `${named.join(", ")}${users > named.length ? ` and ${(users - named.length).toLocaleString("en")} other users` : ""}`;
  return count === 1
    ? `1 action is dated ${when}, probably by a wrong clock: ${who}. It is stored, but does not move "now".`
    : `${count.toLocaleString("en")} actions are dated ${when}, probably by wrong clocks: ${who}. They are stored, but do not move "now".`;
}
