import * as z from "zod";
import { present } from "../columns/table.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import type { PlannedFile } from "./plan.ts";

const hourOf = "(?:^|[^0-9:])([0-9]{1,2}):[0-9]{2}";
const half = "[AaPp]\\.? ?[Mm]";
const [hourPattern, halfPattern] = [new RegExp(hourOf), new RegExp(half)];

/**
 * What is said of times that have every hour from 1 to 12 and none besides: of a 12-hour clock whose AM and PM were left out
 * in the export, so that each action of an afternoon seems to be of the night before.
 */
export async function lostHalfNotes(files: readonly PlannedFile[], name: string, scratch: Scratch): Promise<string[]> {
  const texts = files.flatMap((file) => present(file.records, file.columns.time));
  if (texts.length < fewestRows || texts.some((text) => halfPattern.test(text))) return [];
  const hours = new Set(texts.map((text) => Number(hourPattern.exec(text)?.[1] ?? Number.NaN)));
  // A clock of 24 hours that shows each of these shows others as well, unless it shows the hours of opening.
  if ([...hours].some((hour) => !(hour >= 1 && hour <= 12)) || hours.size < 12) return [];
  for (const { records, columns } of files) {
    const hour = `TRY_CAST(regexp_extract(c0, ${literal(hourOf)}, 1) AS INTEGER)`;
    const [isOther] = await scratch.row(
      `SELECT EXISTS (FROM (${records.select([columns.time])}) WHERE ${hour} = 0 OR ${hour} > 12 OR regexp_matches(c0, ${literal(half)}))`,
      z.tuple([z.boolean()]),
    );
    if (isOther) return [];
  }
  return [
    `${name} has every hour from 1 to 12 and no other: AM and PM seem to be lost, and the actions of the second half of each day 12 hours early. Export it with AM or PM, or with 24 hours.`,
  ];
}

const fewestRows = 100;
