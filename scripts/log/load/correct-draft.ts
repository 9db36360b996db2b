import * as z from "zod";
import type { LogOptions } from "../options.ts";
import { plainReading } from "../reading/number-reading.ts";
import { isSwapped } from "../reading/time-reading.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { type Draft, wholeNote } from "./draft.ts";
import { chooseNumberReading, moreForms } from "./evidence.ts";
import { nameIn } from "./in-file.ts";
import type { Columns, Plan } from "./plan.ts";
import type { Contradiction } from "./repeats.ts";
import { faults } from "./stage.ts";

/** Adds what further rows hold: times of other forms, numbers that are written otherwise. */
export async function correctReadings(draft: Draft, options: LogOptions, scratch: Scratch): Promise<Draft | undefined> {
  const { plan, files } = draft;
  // Without tidying nothing is unread.
  if (!plan.tidies) return undefined;
  const { unread, numbers } = await countUnread(scratch);
  let next: Plan = plan;
  if (unread > 0 && !plan.time.isGiven) {
    const texts = await unreadTimes(draft, scratch);
    const reading = moreForms(plan.time, texts, options.timezone);
    if (reading !== undefined) next = { ...next, time: reading };
  }
  if (numbers > 0 && plan.number === plainReading) {
    const { reading } = await chooseNumberReading(files, options.decimal, scratch);
    if (reading !== plainReading) next = { ...next, number: reading };
  }
  return next === plan ? undefined : { ...draft, plan: next };
}

/** How many times and values could not be read. */
async function countUnread(scratch: Scratch): Promise<{ unread: number; numbers: number }> {
  const [unread, numbers] = await scratch.row(
    `SELECT count(*) FILTER (reason = ${literal(faults.badTime)})::DOUBLE, count(unread)::DOUBLE FROM staged`,
    z.tuple([z.number(), z.number()]),
  );
  return { unread, numbers };
}

/** Some different texts of the time column that could not be read. */
async function unreadTimes({ files }: Pick<Draft, "files">, scratch: Scratch): Promise<string[]> {
  const found = await Promise.all(
    files.map((file, index) =>
      scratch.rows(
        `SELECT DISTINCT trim(c0) FROM (SELECT c0, row_number() OVER () - 1 AS k FROM (${file.records.select([file.columns.time])}))
         WHERE c0 IS NOT NULL AND k IN (SELECT row - (SELECT min(row) FROM staged WHERE file = ${index}) FROM staged
           WHERE file = ${index} AND reason = ${literal(faults.badTime)}) LIMIT 500`,
        z.tuple([z.string()]),
      ),
    ),
  );
  return found.flat().map(([text]) => text);
}

/** Of times that could not be read, one that could if day and month were swapped: a slip or two tell nothing. */
export async function swappedIn(draft: Draft, scratch: Scratch): Promise<string | undefined> {
  if (!draft.plan.tidies) return undefined;
  const { unread } = await countUnread(scratch);
  if (unread < fewestSwapped) return undefined;
  const found = (await unreadTimes(draft, scratch)).filter((text) => isSwapped(text, draft.plan.time.forms));
  return found.length >= fewestSwapped ? found[0] : undefined;
}

const fewestSwapped = 3;

/** Ids that are whole numbers, with a fraction of zeros in some rows and without in others, are made one. */
export async function correctUsers(draft: Draft, scratch: Scratch): Promise<Draft | undefined> {
  if (draft.plan.wholeUsers) return undefined;
  const [fractions] = await scratch.row(
    "SELECT count(*)::DOUBLE FROM users WHERE ends_with(user_id, '.0')",
    z.tuple([z.number()]),
  );
  if (fractions === 0) return undefined;
  const [others] = await scratch.row(
    "SELECT count(*)::DOUBLE FROM users WHERE NOT regexp_full_match(user_id, '\\d+(?:\\.0+)?')",
    z.tuple([z.number()]),
  );
  if (others > 0) return undefined;
  const [first] = draft.files;
  const name = first === undefined ? "" : nameIn(first.records, draft.plan.columns.user);
  return { ...draft, plan: { ...draft.plan, wholeUsers: true }, notes: [...draft.notes, wholeNote(name)] };
}

export function withoutId(draft: Draft, { id, lines, ids }: Contradiction): Draft {
  const { plan, files } = draft;
  const [first] = files;
  const name = first === undefined ? "" : nameIn(first.records, plan.columns.id);
  const drop = (columns: Columns): Columns => ({ ...columns, id: undefined });
  const more = ids > 1 ? `, and ${(ids - 1).toLocaleString("en")} more ids` : "";
  return {
    ...draft,
    files: files.map((file) => ({ ...file, columns: drop(file.columns) })),
    plan: { ...plan, columns: drop(plan.columns) },
    notes: [
      ...draft.notes,
      `${name} repeats with other content ("${id}" in lines ${lines
        .slice(0, 2)
        .join(" and ")}${more}): not used as identity. Use --id ${name} to use it anyway.`,
    ],
  };
}
