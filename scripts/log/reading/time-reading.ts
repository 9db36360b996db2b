import { columnForms } from "#churn/intake/column-forms.ts";
import { epochNumber, ticks } from "#churn/intake/read-time.ts";
import type { DateOrder, TimeForm } from "#churn/intake/time-form.ts";
import { isoForms, ordinalForms, plainForms } from "#churn/intake/time-forms.ts";
import { periodFormsOf } from "./period-forms.ts";
import { columnShapes, plainShapes, wholeText } from "./shaped-forms.ts";
import { compileTimeFormat } from "./time-format.ts";
import { type Epoch, offsetNumber, spreadsheetDay, type TimeRule } from "./time-sql.ts";
import { englishIfForeign, hasForeignMonth, hasLiberties, inEnglish } from "./words-of-dates.ts";
import { zoneSql } from "./zone.ts";

/** How the times of a column are read. */
export interface TimeReading extends TimeRule {
  /** For people: `ISO 8601`, `dd/MM/yyyy HH:mm`, `epoch milliseconds`. */
  readonly name: string;
  /** Whether the user said so, against which no evidence counts. */
  readonly isGiven: boolean;
}

export const acceptedTimes =
  "ISO 8601 (2024-03-01, 2024-03-01T09:30:00Z), epoch seconds, milliseconds, microseconds or nanoseconds (1709285400), .NET ticks, " +
  "yyyymmdd[HH[MM[SS]]], dates such as 31/12/2024 or Mar 1, 2024, RFC 2822, days of a spreadsheet (45123.5), or a format given with --time-format";

/** The reading that --time-format asks for. */
export function givenReading(format: string, timezone: string | undefined): TimeReading {
  const toUtc = zoneSql(timezone);
  const epochs: readonly Epoch[] = ["epoch-s", "epoch-ms", "epoch-us", "epoch-ns", "ticks", "spreadsheet"];
  const epoch = epochs.find((known) => known === format);
  const forms = format === "iso" ? isoForms : epoch === undefined ? compileTimeFormat(unicodeOf(format)) : [];
  return { name: nameOfGiven(format), isGiven: true, forms, epoch, toUtc };
}

/** The readings that some texts of a column allow, one for each order of day, month and year that fits all of them. */
export function possibleReadings(written: readonly string[], timezone: string | undefined): TimeReading[] {
  const hasMonths = written.some(hasForeignMonth);
  const isForeign = hasMonths || written.some(hasLiberties);
  const texts = isForeign ? written.map(inEnglish) : written;
  const toUtc = zoneSql(timezone);
  const found = new Set<TimeForm>();
  const orders = new Set<DateOrder>();
  let isNumber = false;
  for (const text of texts) {
    const plain = plainShapes.matching(text);
    for (const form of plain.length > 0 ? plain : columnShapes.matching(text)) {
      found.add(form);
      if (form.order !== undefined) orders.add(form.order);
    }
    if (plain.length === 0 && epochPattern.test(text)) isNumber = true;
  }
  if (found.size === 0 && !isNumber) {
    if (areSpreadsheetDays(texts)) return [spreadsheetReading(toUtc)];
    const forms = periodFormsOf(texts);
    const name = `${nameOf(forms, false, texts)}${hasMonths ? foreignName : ""}`;
    return forms.length === 0 ? [] : [{ name, isGiven: false, forms, epoch: undefined, toUtc, isForeign }];
  }
  const all = [...plainForms, ...columnForms].filter((form) => found.has(form));
  const choices: readonly (DateOrder | undefined)[] = orders.size === 0 ? [undefined] : [...orders];
  return choices.map((order) => {
    const forms = all.filter((form) => form.order === undefined || form.order === order);
    return {
      name: `${nameOf(forms, isNumber, texts)}${hasMonths ? foreignName : ""}`,
      isGiven: false,
      forms,
      epoch: isNumber ? "by size" : undefined,
      toUtc,
      isForeign,
    };
  });
}

/** The order of its dates of digits; undefined if it has none, or in one order only. */
export function orderIn({ forms }: Pick<TimeRule, "forms">): DateOrder | undefined {
  return forms.find(({ order }) => order !== undefined)?.order;
}

/** Behind the name of a reading. */
const foreignName = ", months by name";

function spreadsheetReading(toUtc: TimeRule["toUtc"]): TimeReading {
  return { name: nameOfGiven("spreadsheet"), isGiven: false, forms: [], epoch: "spreadsheet", toUtc };
}

/**
 * Whether texts are times only in a column whose name is that of a time: all of them days as a spreadsheet counts them, or all
 * of them dates by the day of the year, or whole months, quarters or weeks.
 */
export function areTimesByName(texts: readonly string[]): boolean {
  return (
    areSpreadsheetDays(texts) ||
    (texts.length > 0 && texts.every((text) => ordinalPattern.test(text))) ||
    arePeriods(texts)
  );
}

/** Whether texts are all of them whole months, quarters or weeks. */
export function arePeriods(texts: readonly string[]): boolean {
  return periodFormsOf(texts.map(englishIfForeign)).length > 0;
}

function areSpreadsheetDays(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.every((text) => spreadsheetPattern.test(text));
}

/** Whether a text is a time by one of the forms. */
export function fits(text: string, { forms, epoch }: TimeRule): boolean {
  const numbers =
    epoch === "spreadsheet" ? spreadsheetPattern : typeof epoch === "object" ? offsetPattern : epochPattern;
  return (epoch !== undefined && numbers.test(text)) || forms.some(({ pattern }) => wholeText(pattern).test(text));
}

/** Whether a text is a time by forms of another order of day and month than these. */
export function isSwapped(text: string, forms: readonly TimeForm[]): boolean {
  const own = forms.map(orderOf).find((order) => order !== undefined);
  return own !== undefined && columnShapes.matching(text).some(({ order }) => order !== undefined && order !== own);
}

/** Also of a form that the user gave, which names no order. */
function orderOf({ order, parts }: TimeForm): DateOrder | undefined {
  if (order !== undefined) return order;
  const [day, month] = [parts.indexOf("day"), parts.indexOf("month")];
  if (month < 0 || parts[0] === "year") return undefined;
  return day < month ? "dmy" : "mdy";
}

const epochPattern = wholeText(epochNumber);
const offsetPattern = wholeText(offsetNumber);
const spreadsheetPattern = wholeText(spreadsheetDay);
const ordinalPattern = wholeText(ordinalForms[0]?.pattern ?? "");

function nameOf(forms: readonly TimeForm[], isNumber: boolean, texts: readonly string[]): string {
  const names = [...new Set(forms.map(({ name }) => name))];
  const number = isNumber ? [unitOf(texts.find((text) => epochPattern.test(text)) ?? "")] : [];
  const all = [...names, ...number];
  return all.length > 3 ? `${all.slice(0, 3).join(", ")} and others` : all.join(" or ");
}

function unitOf(number: string): string {
  const value = Number(number);
  if (value >= ticks.from && value < ticks.to) return nameOfGiven("ticks");
  const digits = Math.floor(value).toLocaleString("en", { useGrouping: false }).length;
  if (digits < 12) return "epoch seconds";
  if (digits < 15) return "epoch milliseconds";
  return digits < 18 ? "epoch microseconds" : "epoch nanoseconds";
}

function nameOfGiven(format: string): string {
  const names = new Map([
    ["iso", "ISO 8601"],
    ["epoch-s", "epoch seconds"],
    ["epoch-ms", "epoch milliseconds"],
    ["epoch-us", "epoch microseconds"],
    ["epoch-ns", "epoch nanoseconds"],
    ["ticks", ".NET ticks"],
    ["spreadsheet", "days of a spreadsheet"],
  ]);
  return names.get(format) ?? format;
}

/** `yyyymmdd` and its longer kin are understood as they are usually written, with small letters for the month. */
function unicodeOf(format: string): string {
  const [, rest] = /^yyyymmdd(.*)$/.exec(format) ?? [];
  return rest === undefined ? format : `yyyyMMdd${rest.replace("MM", "mm").replace("SS", "ss")}`;
}
