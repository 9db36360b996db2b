import { readTime } from "#churn/intake/read-time.ts";
import { endsOf } from "#churn/intake/role-names.ts";
import type { LogOptions } from "../options.ts";
import { readingByOptions } from "../reading/given-time.ts";
import { isLikelyTime } from "../reading/likely-time.ts";
import { isPeriodName } from "../reading/period-forms.ts";
import { isOtherTimeName, isTimeName, wordsOf } from "../reading/time-name.ts";
import { arePeriods, areTimesByName, fits } from "../reading/time-reading.ts";
import { datePart } from "../records/clock.ts";
import {
  type ColumnSource,
  columnName,
  type DateAndClock,
  type DateParts,
  type DateSource,
  placesOf,
  sourceName,
} from "../records/records.ts";
import { clockOf } from "./clock-column.ts";
import { guesses, named, present, type Table } from "./table.ts";

export interface TimeColumns {
  /** The likeliest first. */
  readonly times: readonly ColumnSource[];
  readonly notes: readonly string[];
}

/** The columns that may hold the times of the actions, none of them `taken`. */
export function timeColumns(records: Table, options: LogOptions, taken: ReadonlySet<number>): TimeColumns {
  const times = candidates(records, options, taken);
  const [likeliest] = times;
  if (options.time !== undefined || likeliest === undefined) return { times, notes: [] };
  if (typeof likeliest !== "number")
    return { times, notes: "clock" in likeliest ? clockNotes(records, likeliest) : [] };
  // A format is given for the column that is read by it, and for no finer one.
  const finer = readingByOptions(options) === undefined ? finerThan(likeliest, records, taken) : undefined;
  if (finer === undefined) return { times, notes: [] };
  const { column, isShifted } = finer;
  const [date, time] = [columnName(records, likeliest), columnName(records, column)];
  const days = isShifted ? "the same days of another zone" : "the same days";
  return {
    times: [column, ...times.filter((source) => source !== column)],
    notes: [
      `${date} holds dates only, and ${time} the time of day on ${days}, so ${time} is used. Use --time ${date} for the dates.`,
    ],
  };
}

function candidates(records: Table, options: LogOptions, taken: ReadonlySet<number>): ColumnSource[] {
  const given = readingByOptions(options);
  const isTime = (text: string) => (given === undefined ? isLikelyTime(text) : fits(text, given));
  const share = (source: ColumnSource) => {
    const texts = present(records, source);
    return texts.length === 0 ? 0 : texts.filter(isTime).length / texts.length;
  };
  if (options.time !== undefined) {
    const column = named("time", options.time, records);
    const isTimes = share(column) > 0 || (given === undefined && areTimesByName(present(records, column)));
    return isTimes || isWithoutRows(records, column) ? [column] : [];
  }
  const free = (column: number) => !taken.has(column);
  const byName = guesses("time", records).filter(free);
  const nameOf = (column: number) => records.names?.[column] ?? "";
  const rank = (column: number) =>
    2 * Number(isOtherTimeName(nameOf(column))) - Number(wordsOf(nameOf(column)).includes("utc"));
  // A column of another name, where every text is a time and none could be an id.
  const others = allOf(records)
    .filter(
      (column) =>
        free(column) &&
        !byName.includes(column) &&
        records.names !== undefined &&
        // Any number would be an offset.
        options.epoch === undefined &&
        share(column) >= 0.9 &&
        // Numbers may be ids, unless the name is that of a time.
        (isTimeName(nameOf(column)) ||
          present(records, column).every(
            (text) => !/^\d+$|^\d{1,3}(?:[,'\u2019\u00a0\u202f]\d{3})+$|^\d(?:\.\d+)?e/i.test(text),
          )),
    )
    .sort((a, b) => rank(a) - rank(b));
  const isGood = (source: ColumnSource) => share(source) >= 0.5 || (given !== undefined && share(source) > 0);
  const dated = byName.flatMap((column) => dateAndClock(records, column, byName, free)).filter(isGood);
  const joined = dated.flatMap(placesOf);
  const later = others
    .filter((column) => !joined.includes(column))
    .flatMap((column): ColumnSource[] => [...dateAndClock(records, column, byName, free).filter(isGood), column]);
  const likely = [...dated, ...byName.filter(isGood)];
  // A day of the month has the name of a time.
  const parts = likely.length === 0 && options.epoch === undefined ? dateParts(records, free) : undefined;
  const inParts = parts?.day === undefined ? [] : [...dateAndClock(records, parts, byName, free), parts].filter(isGood);
  const times = [...likely, ...inParts, ...later];
  if (times.length > 0 || given !== undefined) return times;
  const ofPeriods = allOf(records).filter(
    (column) =>
      free(column) && !byName.includes(column) && isPeriodName(wordsOf(nameOf(column)), present(records, column)),
  );
  return [
    ...byName.filter((column) => areTimesByName(present(records, column))),
    ...ofPeriods.filter((column) => arePeriods(present(records, column))),
    ...(parts === undefined ? [] : [parts]),
  ];
}

const allOf = ({ width }: Table) => Array.from({ length: width }, (_, column) => column);

function isWithoutRows(records: Table, column: number): boolean {
  return present(records, column).length === 0 && records.sample.length === 0;
}

const partNames = {
  year: new Set(["year", "yyyy", "jahr", "annee", "ano", "anno"]),
  month: new Set(["month", "mm", "monthofyear", "monat", "mois", "mes", "mese"]),
  day: new Set(["day", "dd", "dayofmonth", "tag", "jour", "dia", "giorno"]),
};

/** Whether the name of a column is one of these, or ends with one. */
function isCalled(records: Table, column: number, names: ReadonlySet<string>): boolean {
  return endsOf(records.names?.[column] ?? "").some((end) => names.has(end));
}

/** The columns of years, months and, if there is one, days of the month, where all rows have such numbers there, or names of months. */
function dateParts(records: Table, free: (column: number) => boolean): DateParts | undefined {
  const find = (names: ReadonlySet<string>, pattern: RegExp) =>
    allOf(records).find((column) => {
      if (!free(column) || !isCalled(records, column, names)) return false;
      const texts = present(records, column);
      return texts.length > 0 && texts.every((text) => pattern.test(text));
    });
  const year = find(partNames.year, /^(?:19|20)\d\d$/);
  const month = find(partNames.month, /^(?:0?[1-9]|1[0-2]|\p{L}{3,}\.?)$/u);
  const day = find(partNames.day, /^(?:0?[1-9]|[12]\d|3[01])$/);
  return year === undefined || month === undefined ? undefined : { year, month, day };
}

/** A column of dates and one of times of day, as spreadsheets, web servers and SAP write them. */
function dateAndClock(
  records: Table,
  date: DateSource,
  byName: readonly number[],
  free: (column: number) => boolean,
): DateAndClock[] {
  const texts = present(records, date);
  const isAll = (does: (text: string) => boolean) => texts.length > 0 && texts.every(does);
  const areDates = isAll((text) => isLikelyTime(text) && !datePart(text).includes(":"));
  // Days since 1970, of 2011 to 2038: without a time of day beside them they could be anything.
  const areDays = isAll((text) => /^(?:1[5-9]|2[0-4])\d{3}$/.test(text));
  if (!areDates && !areDays) return [];
  const clocks = allOf(records).flatMap((clock) => {
    const writing = placesOf(date).includes(clock) || !free(clock) ? undefined : clockOf(records, clock);
    if (writing === undefined || (areDays && writing !== "seconds")) return [];
    return [{ date, clock, writing: areDays ? ("days" as const) : writing }];
  });
  // A clock as it is shown is more of a time of day than digits, and those more than hours alone.
  const rank = ({ clock, writing }: DateAndClock) =>
    2 * Number(byName.includes(clock)) + 4 * Number(writing === "clock") + Number(writing !== "hours");
  return clocks.sort((a, b) => rank(b) - rank(a)).slice(0, 1);
}

const writings: ReadonlyMap<DateAndClock["writing"], string> = new Map([
  ["HHmmss", "digits (HHmmss)"],
  ["HHmm", "digits (HHmm)"],
  ["hours", "hours"],
  ["seconds", "seconds since midnight"],
  ["days", "seconds since midnight, behind days since 1970"],
]);

/** What is said of times of day that are told by their column and not by themselves. */
function clockNotes(records: Table, { date, clock, writing }: DateAndClock): string[] {
  const how = writings.get(writing);
  if (how === undefined) return [];
  return [
    `${columnName(records, clock)} holds times of day as ${how}: they are put behind ${sourceName(records, date)}.${typeof date === "number" ? ` Use --time ${columnName(records, date)} for the dates alone.` : ""}`,
  ];
}

const day = 86_400_000;
const quarterHour = 900_000;
/** How far apart two zones may be, in quarters of an hour. */
const zones = 14 * 4;

interface Finer {
  readonly column: number;
  /** Whether it is of another zone than the dates: a few of its days are others. */
  readonly isShifted: boolean;
}

/** Where a column holds dates alone, another whose name is a time's and that has, in nearly every row, a time of day on that very day. */
function finerThan(date: number, records: Table, taken: ReadonlySet<number>): Finer | undefined {
  const dates = records.sample.map((row) => readTime(row[date] ?? undefined));
  const known = dates.filter((time) => time !== undefined);
  if (known.length < fewestRows || !known.every((time) => time % day === 0)) return undefined;
  for (const column of allOf(records)) {
    if (column === date || taken.has(column) || !isTimeName(records.names?.[column] ?? "")) continue;
    const others = records.sample.map((row) => momentOf(row[column] ?? ""));
    const offsets = dates.flatMap((time, row) => {
      const other = others[row];
      return time === undefined || other === undefined ? [] : [other - time];
    });
    const within = (from: number) => offsets.filter((offset) => offset >= from && offset < from + day).length;
    const enough = 0.95 * known.length;
    // Most days are the same in any zone; what is the next day's in most rows is not when it happened.
    if (2 * within(0) <= known.length || isOneTimeOfDay(offsets)) continue;
    if (within(0) >= enough) return { column, isShifted: false };
    const isZone = (n: number) => within((n - zones) * quarterHour) >= enough;
    if (Array.from({ length: 2 * zones + 1 }, (_, n) => n).some(isZone)) return { column, isShifted: true };
  }
  return undefined;
}

const zoneNames: ReadonlySet<string> = new Set([
  ...["timezone", "timezonename", "timezoneid", "tz", "tzname", "tzid", "olsonzone", "ianatimezone", "zeitzone"],
  ...["timezoneoffset", "tzoffset", "utcoffset", "gmtoffset"],
]);
const zoned = /(?:Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}(?::?\d{2})?)$|^\d+(?:\.\d+)?$/;

/** What is said of a column that names the zone of each row, where the times need one: they are all read in the same. */
export function zoneNotes(records: Table, time: ColumnSource | undefined, { timezone }: LogOptions): string[] {
  if (time === undefined || timezone !== undefined) return [];
  const zone = allOf(records).find(
    (column) => isCalled(records, column, zoneNames) && present(records, column).length > 0,
  );
  if (zone === undefined) return [];
  if (present(records, time).every((text) => zoned.test(text) || !text.includes(":"))) return [];
  return [
    `${columnName(records, zone)} (${present(records, zone)[0]}) is not read: times without a zone are taken for UTC. Use --timezone if they are all of another.`,
  ];
}

const fewestRows = 5;

/** A time, of numbers those in milliseconds alone: shorter ones may count orders. */
function momentOf(text: string): number | undefined {
  return /^\s*\d+(?:\.\d*)?\s*$/.test(text) && !/^\s*\d{13}(?:\.0*)?\s*$/.test(text) ? undefined : readTime(text);
}

/** Whether most have the same time of day, as ends of days have, and runs of a program at night. */
function isOneTimeOfDay(times: readonly number[]): boolean {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(time % day, (counts.get(time % day) ?? 0) + 1);
  return 2 * Math.max(...counts.values()) > times.length;
}
