import { InvalidInput } from "#churn/failure.ts";
import { type DateOrder, dateOrders } from "#churn/intake/time-form.ts";
import type { ColumnChoice } from "../columns/choose-columns.ts";
import { present, type Table } from "../columns/table.ts";
import type { LogOptions } from "../options.ts";
import { orderByOptions, readingByOptions } from "../reading/given-time.ts";
import { periodOf } from "../reading/period-forms.ts";
import { fits, isSwapped, orderIn, possibleReadings, type TimeReading } from "../reading/time-reading.ts";
import type { ColumnSource, Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { chooseTimes, isConstantPerUser } from "./evidence.ts";
import { inFile, nameIn } from "./in-file.ts";
import type { Columns, PlannedFile } from "./plan.ts";

export interface ChosenTime {
  readonly column: ColumnSource;
  readonly notes: readonly string[];
}

/** The first column of times that is not one and the same for each user. */
export async function chooseTimeColumn(
  records: readonly Records[],
  table: Table,
  choice: Omit<ColumnChoice, "ids"> & Pick<Columns, "id">,
  options: LogOptions,
  scratch: Scratch,
): Promise<ChosenTime> {
  const [likeliest, ...others] = choice.times;
  if (likeliest === undefined) throw new TypeError("A choice of columns has a time");
  // Of the only one it is told when all rows are read, which costs no further look at them.
  if (others.length === 0) return { column: likeliest, notes: [] };
  const constant: ColumnSource[] = [];
  for (const column of choice.times) {
    const columns = { ...choice, time: column };
    const files = records.map((own): PlannedFile => ({ records: own, columns: inFile(columns, table, own) }));
    if (!(await isConstantPerUser(files, (file) => file.columns.time, scratch))) {
      const notes = constant.map(
        (one) =>
          `${nameIn(table, one)} is the same in all rows of a user, so ${nameIn(table, column)} is used as the time of the action.`,
      );
      return { column, notes };
    }
    constant.push(column);
  }
  return { column: likeliest, notes: [constantNote(nameIn(table, likeliest), options)] };
}

/** What is said where no column of times changes for a user. */
export function constantNote(name: string, { time }: LogOptions): string {
  const flag = time === undefined ? " If another column holds the time of the action, name it with --time." : "";
  return `${name} is the same in all rows of a user: is it the time of the action?${flag}`;
}

export async function chooseTimeReading(
  files: readonly PlannedFile[],
  name: string,
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<{ reading: TimeReading; notes: readonly string[] }> {
  const given = readingByOptions(options);
  if (given !== undefined) return { reading: given, notes: [] };
  const rows = files.flatMap((file) => present(file.records, file.columns.time));
  const texts = [...new Set(rows)];
  const asked = orderByOptions(options);
  const readings = possibleReadings(texts, options.timezone).filter(
    (reading) => asked === undefined || (orderIn(reading) ?? asked) === asked,
  );
  const chosen = await chooseTimes(files, readings, now, scratch);
  if (chosen === undefined)
    throw new InvalidInput(
      `${name} holds no times that can be read. Name another column with --time, or --time-format.`,
    );
  if (chosen.doubt === undefined)
    return {
      reading: chosen.reading,
      notes: [...roundingNotes(name, rows), ...periodNotes(files, name, chosen.reading)],
    };
  const example = texts.find((text) => isSwapped(text, chosen.reading.forms)) ?? texts[0] ?? "";
  const doubted = new Set(chosen.doubt.map(orderIn));
  const orders = dateOrders.filter((order) => doubted.has(order));
  const formats = orders.map((order) => `--time-format ${order} (${firstOf[order]} first)`);
  const own = chosen.doubt.map((reading) =>
    texts.find((text) => chosen.doubt?.every((other) => fits(text, other) === (other === reading))),
  );
  if (own.length > 1 && own.every((text) => text !== undefined))
    throw new InvalidInput(
      `${name} has day and month in both orders, such as ${own.map((text) => `"${text}"`).join(" and ")}. Import the files of each order by themselves, with ${formats.join(" or ")}.`,
    );
  throw new InvalidInput(
    `Cannot tell day and month apart in ${name} ("${example}"): no day in it is after the 12th. Say which it is with ${formats.join(" or ")}.`,
  );
}

const firstOf: Readonly<Record<DateOrder, string>> = { dmy: "day", mdy: "month", ymd: "year" };

/** What is said of times that are whole months, quarters or weeks. */
function periodNotes(files: readonly PlannedFile[], name: string, { forms }: TimeReading): string[] {
  const isWithoutDay = files.some(
    ({ columns: { time } }) => typeof time !== "number" && "year" in time && time.day === undefined,
  );
  const period = isWithoutDay ? "month" : periodOf(forms);
  return period === undefined ? [] : [`The times in ${name} are whole ${period}s: each is taken for its first day.`];
}

const day = 86_400;

/**
 * What is said of epoch numbers of which only the first digits were exported, as spreadsheets and R do (1.76E+09). Throws
 * InvalidInput where that moves actions by more than a week.
 */
function roundingNotes(name: string, texts: readonly string[]): string[] {
  const steps = texts.map(stepOf);
  const step = Math.min(...steps.map((own) => own ?? 0));
  // A whole number such as 1.6e9 may be meant so, once or twice.
  if (texts.length < fewestRounded || step <= 60) return [];
  const lost = timeInWords(step);
  const what = `${name} holds rounded times, such as ${texts[0]}: they are exact to about ${lost}`;
  if (step > 7 * day)
    throw new InvalidInput(
      `${what}. Export all digits of it, or name another column with --time; --time-format epoch-s (or epoch-ms) takes it as it is.`,
    );
  return [`${what}.`];
}

const fewestRounded = 10;

function timeInWords(seconds: number): string {
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 2 * day ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / day)} days`;
}

/** By how many seconds the last digit of a number such as 1.76e9 counts; undefined for any other text. */
function stepOf(text: string): number | undefined {
  const [, decimals = "", exponent] = /^\d(?:\.(\d+))?[eE]\+?(\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return undefined;
  const unit = { 8: 1, 9: 1, 11: 1e3, 12: 1e3, 14: 1e6, 15: 1e6, 17: 1e9, 18: 1e9 }[Number(exponent)] ?? 1;
  return 10 ** (Number(exponent) - decimals.length) / unit;
}
