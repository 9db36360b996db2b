import * as z from "zod";
import { isAbsent } from "#churn/intake/text.ts";
import { present, type Table } from "../columns/table.ts";
import type { LogOptions } from "../options.ts";
import { orderByOptions } from "../reading/given-time.ts";
import {
  chooseNumbers,
  type Decimal,
  type NumberChoice,
  numberCountsSql,
  plainReading,
} from "../reading/number-reading.ts";
import { orderIn, possibleReadings, type TimeReading } from "../reading/time-reading.ts";
import { timeSql } from "../reading/time-sql.ts";
import type { ColumnSource, Records } from "../records/records.ts";
import { sampleRows } from "../records/sample.ts";
import type { Scratch } from "../scratch.ts";
import { tidySql } from "../sql/text-sql.ts";
import { placesIn } from "./in-file.ts";
import type { PlannedFile } from "./plan.ts";

/** SQL for some columns of all files under the names given, each as tidy text. */
function textsOf(
  files: readonly PlannedFile[],
  sources: (file: PlannedFile) => readonly ColumnSource[],
  names: readonly string[],
): string {
  return files
    .map((file) => {
      const texts = names.map((name, i) => `${tidySql(`c${i}`)} AS ${name}`);
      return `SELECT ${texts.join(", ")} FROM (${file.records.select(sources(file))}) WHERE fault IS NULL`;
    })
    .join(" UNION ALL ");
}

/** Whether any row of the files has something in a column of their table: the first rows mostly do. */
export async function isFilled(
  records: readonly Records[],
  table: Table,
  column: number,
  scratch: Scratch,
): Promise<boolean> {
  if (table.sample.length === 0 || present(table, column).length > 0) return true;
  for (const own of records) {
    const place = placesIn(table, own)(column);
    if (place === undefined) continue;
    if (own.sample.some((row) => !isAbsent(row[place] ?? ""))) return true;
    if (own.sample.length < sampleRows) continue;
    const [isAny] = await scratch.row(
      `SELECT EXISTS (FROM (${own.select([place])}) WHERE fault IS NULL AND ${tidySql("c0")} IS NOT NULL)`,
      z.tuple([z.boolean()]),
    );
    if (isAny) return true;
  }
  return false;
}

/** Whether all rows of the files have the same in a column of their table. */
export async function isConstant(
  records: readonly Records[],
  table: Table,
  column: number,
  scratch: Scratch,
): Promise<boolean> {
  const texts = new Set<string | null>();
  for (const own of records) {
    const place = placesIn(table, own)(column);
    if (place === undefined) continue;
    const [first, last, isMissing] = await scratch.row(
      `SELECT min(c0), max(c0), count(*) > count(c0) FROM (${own.select([place])}) WHERE fault IS NULL`,
      z.tuple([z.string().nullable(), z.string().nullable(), z.boolean()]),
    );
    texts.add(first).add(last);
    if (isMissing) texts.add(null);
  }
  return texts.size < 2;
}

/** Whether a column of times has, for nearly every user with several rows, only one: an account's date, say. */
export async function isConstantPerUser(
  files: readonly PlannedFile[],
  source: (file: PlannedFile) => ColumnSource,
  scratch: Scratch,
): Promise<boolean> {
  const [rows, further, varying] = await scratch.row(
    `SELECT coalesce(sum(rows), 0)::DOUBLE, coalesce(sum(rows - 1), 0)::DOUBLE,
       coalesce(sum(rows - 1) FILTER (first <> last), 0)::DOUBLE FROM (
       SELECT count(*) AS rows, min(t) AS first, max(t) AS last FROM (${textsOf(files, (file) => [file.columns.user, source(file)], ["u", "t"])})
       WHERE u IS NOT NULL AND t IS NOT NULL GROUP BY u)`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  return isSameTime(rows, further, varying);
}

/**
 * Whether a time does not change with the row: by how many rows there are, how many of them are not their user's first,
 * and how many of these are of users whose times differ. A few rows that are there twice tell nothing.
 */
export function isSameTime(rows: number, further: number, varying: number): boolean {
  return further > 0.01 * rows && varying < 0.02 * further;
}

export interface TimeChoice {
  readonly reading: TimeReading;
  /** Where the digits allow several orders of day, month and year and the column does not tell which: all of them. */
  readonly doubt?: readonly TimeReading[] | undefined;
}

/** Of several readings the one that most of the whole column allows, and that puts it in the likeliest time. */
export async function chooseTimes(
  files: readonly PlannedFile[],
  readings: readonly TimeReading[],
  now: number,
  scratch: Scratch,
): Promise<TimeChoice | undefined> {
  const [only, ...others] = readings;
  if (only === undefined) return undefined;
  if (others.length === 0) return { reading: only };
  const counted = readings.map(
    (_, i) => `count(r${i})::DOUBLE, count(*) FILTER (r${i} > ${now + 86_400_000})::DOUBLE,
      coalesce(quantile_cont(r${i}, 0.95) - quantile_cont(r${i}, 0.05), 0)::DOUBLE,
      count(*) FILTER (r${i} < before${i})::DOUBLE, count(*) FILTER (r${i} > before${i})::DOUBLE`,
  );
  const rows = `SELECT ${readings.map((_, i) => `r${i}, lag(r${i}) OVER () AS before${i}`).join(", ")} FROM (
    SELECT ${readings.map((reading, i) => `${timeSql("t", reading)} AS r${i}`).join(", ")}
    FROM (${textsOf(files, (file) => [file.columns.time], ["t"])}))`;
  const numbers = await scratch.row(`SELECT [${counted.join(", ")}] FROM (${rows})`, z.tuple([z.array(z.number())]));
  const judged = readings.map((reading, i) => {
    const [read = 0, ahead = 0, span = 0, backward = 0, forward = 0] = numbers[0].slice(5 * i, 5 * i + 5);
    return { reading, likely: read - ahead, span, steps: Math.min(backward, forward) };
  });
  const most = Math.max(...judged.map(({ likely }) => likely));
  const best = judged.filter(({ likely }) => likely === most).sort((a, b) => a.span - b.span);
  const [first] = best;
  if (first === undefined) return undefined;
  // 25-11-03 read with the year last spreads the log over thirty years. Of day and month, which stand beside each other, the
  // span tells nothing: the first days of a year's months are twelve days of January as well.
  const likely = best.filter(
    ({ reading, span }) =>
      first.span === 0 || span <= 5 * first.span || isYearFirst(reading) === isYearFirst(first.reading),
  );
  // A log is written in the order of time, or against it: a reading that keeps it in order is the right one.
  const [inOrder = first, other] = [...likely].sort((a, b) => a.steps - b.steps);
  if (other === undefined || (most >= fewestInOrder && inOrder.steps * 20 < other.steps))
    return { reading: inOrder.reading };
  return { reading: first.reading, doubt: likely.map(({ reading }) => reading) };
}

/** The order of fewer rows than this tells nothing. */
const fewestInOrder = 20;

function isYearFirst(reading: TimeReading): boolean {
  return orderIn(reading) === "ymd";
}

/** The readings of texts that a plan could not read, to be added to it where they contradict neither it nor the options. */
export function moreForms(
  reading: TimeReading,
  texts: readonly string[],
  options: LogOptions,
): TimeReading | undefined {
  const order = orderByOptions(options) ?? orderIn(reading);
  const [further] = possibleReadings(texts, options.timezone).filter((possible) => {
    // Beside times of another form, such numbers are more likely no times.
    if (possible.epoch === "spreadsheet") return false;
    const own = orderIn(possible);
    return own === undefined || order === undefined || own === order;
  });
  if (further === undefined) return undefined;
  const forms = further.forms.filter((form) => !reading.forms.includes(form));
  const epoch = reading.epoch ?? further.epoch;
  const isForeign = reading.isForeign || further.isForeign;
  if (forms.length === 0 && epoch === reading.epoch && isForeign === reading.isForeign) return undefined;
  const name = mergedName(reading.name, further.name);
  return { ...reading, forms: [...reading.forms, ...forms], epoch, isForeign, name };
}

function mergedName(name: string, other: string): string {
  if (name.includes(other)) return name;
  return other.startsWith(name) ? other : `${name} or ${other}`;
}

/** How the numbers of the value column are written, by all of them. */
export async function chooseNumberReading(
  files: readonly PlannedFile[],
  given: Decimal | undefined,
  scratch: Scratch,
): Promise<NumberChoice & { readonly present: number; readonly numbers: number }> {
  const valued = files.filter(({ columns }) => columns.value !== undefined);
  if (valued.length === 0) return { reading: plainReading, present: 0, numbers: 0 };
  const [present, plain, numbers, onlyComma, onlyPoint, pointOrGroup, commaOrGroup, percent, withUnit] = (
    await scratch.row(
      `SELECT [${numberCountsSql("v")}] FROM (${textsOf(valued, ({ columns }) => [columns.value ?? 0], ["v"])}) WHERE v IS NOT NULL`,
      z.tuple([z.array(z.number())]),
    )
  )[0];
  const counts = {
    present: present ?? 0,
    plain: plain ?? 0,
    numbers: numbers ?? 0,
    onlyComma: onlyComma ?? 0,
    onlyPoint: onlyPoint ?? 0,
    pointOrGroup: pointOrGroup ?? 0,
    commaOrGroup: commaOrGroup ?? 0,
    percent: percent ?? 0,
    withUnit: withUnit ?? 0,
  };
  return { ...chooseNumbers(counts, given), present: counts.present, numbers: counts.numbers };
}
