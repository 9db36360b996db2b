import * as z from "zod";
import type { Account, Examples } from "../account.ts";
import { notRecords, type Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { lineSql, type StagedFile } from "./stage.ts";

/** How many lines of each fate are shown. */
const shown = 3;

/** Accounts for every line of the files as they are staged. */
export async function takeAccount(
  records: readonly Records[],
  staged: readonly StagedFile[],
  scratch: Scratch,
  hasRepeats: boolean,
): Promise<Account> {
  const aside = (kind: keyof Records["setAside"]) => sum(records.map(({ setAside }) => setAside[kind] ?? 0));
  const groups = await scratch.rows(
    `SELECT reason, count(*)::DOUBLE, min_by([file, ${lineSql(staged)}], row, ${shown})::DOUBLE[][]
     FROM staged WHERE reason IS NOT NULL GROUP BY reason ORDER BY count(*) DESC, reason`,
    z.tuple([z.string(), z.number(), z.array(z.array(z.number()))]),
  );
  const [actions] = await scratch.row(
    "SELECT count(*)::DOUBLE FROM staged WHERE reason IS NULL",
    z.tuple([z.number()]),
  );
  const [unread, unreadAt] = await scratch.row(
    `SELECT count(*)::DOUBLE, coalesce(min_by([file, ${lineSql(staged)}], row, ${shown}), [])::DOUBLE[][]
     FROM staged WHERE reason IS NULL AND unread`,
    z.tuple([z.number(), z.array(z.array(z.number()))]),
  );
  const [copies] = hasRepeats
    ? await scratch.row("SELECT count(*) FILTER (is_copy)::DOUBLE FROM settled", z.tuple([z.number()]))
    : [0];
  const counts = new Map(groups.map(([reason, count]) => [reason, count]));
  const rejected = groups.filter(([reason]) => !notRecordFaults.has(reason));
  const units = new Set(records.map(({ unit }) => unit));
  return {
    unit: units.size === 1 ? `${[...units][0]}s` : "lines",
    read: sum(records.map(({ linesRead }) => linesRead)),
    notRecords: {
      header: aside("header") + (counts.get(notRecords.header) ?? 0),
      preamble: aside("preamble"),
      blank: aside("blank") + (counts.get(notRecords.blank) ?? 0),
      comment: aside("comment") + (counts.get(notRecords.comment) ?? 0),
      continued: aside("continued"),
      bracket: counts.get(notRecords.bracket) ?? 0,
    },
    rejected: await Promise.all(
      rejected.map(async ([reason, count, places]) => ({
        reason: reason.replace(/\.$/, ""),
        ...(await examples(count, places, records)),
      })),
    ),
    actions,
    copies,
    unreadValues: await examples(unread, unreadAt, records),
  };
}

const notRecordFaults: ReadonlySet<string> = new Set(Object.values(notRecords));

/** The text of the lines, by [file, line]. */
async function examples(
  count: number,
  places: readonly (readonly number[])[],
  records: readonly Records[],
): Promise<Examples> {
  const first: { place: string; text: string }[] = [];
  for (const [file = 0, line = 0] of places) {
    const own = records[file];
    const text = (await own?.textOf([line]))?.get(line) ?? "";
    first.push({ place: placeOf(own, line, records.length > 1), text });
  }
  return { count, first };
}

/** `line 12`, with its file where there are several. */
export function placeOf(records: Records | undefined, line: number, isOneOfSeveral: boolean): string {
  const place = `${records?.unit ?? "line"} ${line}`;
  return isOneOfSeveral ? `${records?.path} ${place}` : place;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
