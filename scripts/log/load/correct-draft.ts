import * as z from "zod";
import type { LogOptions } from "../options.ts";
import { plainReading } from "../reading/number-reading.ts";
import { isSwapped } from "../reading/time-reading.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { type Draft, wholeNote } from "./draft.ts";
import { chooseNumberReading, moreForms } from "./evidence.ts";
import { inFile, nameIn } from "./in-file.ts";
import { mostLost } from "./lost-digits.ts";
import type { Plan } from "./plan.ts";
import type { Contradiction } from "./repeats.ts";
import { faults, isWholeDouble, wholeSql } from "./stage.ts";

/** Adds what further rows hold: times of other forms, numbers that are written otherwise. */
export async function correctReadings(draft: Draft, options: LogOptions, scratch: Scratch): Promise<Draft | undefined> {
  const { plan, files } = draft;
  // Without tidying nothing is unread.
  if (!plan.tidies) return undefined;
  const { unread, numbers } = await countUnread(scratch);
  let next: Plan = plan;
  if (unread > 0 && !plan.time.isGiven) {
    const texts = await unreadTimes(draft, scratch);
    const reading = moreForms(plan.time, texts, options);
    if (reading !== undefined) next = { ...next, time: reading };
  }
  if (numbers > 0 && plan.number === plainReading) {
    const { reading } = await chooseNumberReading(files, options.decimal, scratch);
    if (reading !== plainReading) next = { ...next, number: reading };
  }
  return next === plan ? undefined : { ...draft, plan: next };
}

/**
 * Numbers such as 107.000, which the first rows do not hold, may be thousands or not: the whole column tells, or it is told that it
 * does not.
 */
export async function correctThousands(
  draft: Draft,
  options: LogOptions,
  scratch: Scratch,
): Promise<Draft | undefined> {
  const { plan, files, table } = draft;
  if (draft.areNumbersCounted || plan.columns.value === undefined) return undefined;
  const [isAny] = await scratch.row("SELECT EXISTS (FROM staged WHERE NOT unread)", z.tuple([z.boolean()]));
  if (!isAny) return undefined;
  const { reading, doubt } = await chooseNumberReading(files, options.decimal, scratch);
  const notes = doubt === undefined ? [] : [`${nameIn(table, plan.columns.value)}: ${doubt}.`];
  if (reading === plan.number && notes.length === 0) return undefined;
  // The same plan where there is only something to tell: nothing has to be staged again then.
  const read = reading === plan.number ? plan : { ...plan, number: reading };
  return { ...draft, areNumbersCounted: true, plan: read, notes: [...draft.notes, ...notes] };
}

/** How many times and values could not be read. */
async function countUnread(scratch: Scratch): Promise<{ unread: number; numbers: number }> {
  const [unread, numbers] = await scratch.row(
    `SELECT count(*) FILTER (reason = ${literal(faults.badTime)})::DOUBLE, count(*) FILTER (unread)::DOUBLE FROM staged`,
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

/**
 * Ids that are whole numbers, written as doubles in some rows and without a fraction in others, are made one: where both
 * occur of any number, or where most numbers are so. Other ids beside them change nothing, fractions (versions, say) do.
 */
export async function correctUsers(draft: Draft, scratch: Scratch): Promise<Draft | undefined> {
  if (draft.plan.wholeUsers) return undefined;
  const [doubles, wholes, fractions] = await scratch.row(
    `SELECT count(*) FILTER (${isWholeDouble("user_id")})::DOUBLE,
       count(*) FILTER (regexp_full_match(user_id, '[0-9]+'))::DOUBLE,
       count(*) FILTER (regexp_full_match(user_id, '[0-9]+[.][0-9]*[1-9][0-9]*'))::DOUBLE FROM users`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  if (doubles === 0) return undefined;
  const [both] = await scratch.row(
    `SELECT count(*)::DOUBLE FROM users a JOIN users b ON b.user_id = ${wholeSql("a.user_id")} WHERE ${isWholeDouble("a.user_id")} AND a.user_id <> b.user_id`,
    z.tuple([z.number()]),
  );
  if (both === 0 && (fractions > 0 || wholes >= doubles)) return undefined;
  const name = nameIn(draft.table, draft.plan.columns.user);
  return { ...draft, plan: { ...draft.plan, wholeUsers: true }, notes: [...draft.notes, wholeNote(name)] };
}

/** Ids of which many have lost digits are no identities; `share` is that of the actions whose id has. */
export function withoutLostIds(draft: Draft, share: number, options: LogOptions): Draft | undefined {
  if (options.id !== undefined || share <= mostLost) return undefined;
  return withoutId(draft, "has lost the last digits of its numbers, as 7.3853E+17 has", false);
}

export function withoutContradicted(draft: Draft, { id, lines, ids }: Contradiction): Draft {
  const more = ids > 1 ? `, and ${(ids - 1).toLocaleString("en")} more ids` : "";
  return withoutId(draft, `repeats with other content ("${id}" in lines ${lines.slice(0, 2).join(" and ")}${more})`);
}

/** The draft by the next column that may hold ids, or by none. */
/** `isUsable` where naming the column would have it used all the same. */
function withoutId(draft: Draft, why: string, isUsable = true): Draft {
  const { plan, files, table } = draft;
  const name = nameIn(table, plan.columns.id);
  const [id, ...otherIds] = draft.otherIds;
  const columns = { ...plan.columns, id };
  return {
    ...draft,
    otherIds,
    files: files.map(({ records }) => ({ records, columns: inFile(columns, table, records) })),
    plan: { ...plan, columns, wholeIds: false },
    notes: [
      ...draft.notes,
      `${name} ${why}: not used as identity.${isUsable ? ` Use --id ${name} to use it anyway.` : ""}`,
    ],
  };
}
