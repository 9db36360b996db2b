import { InvalidInput } from "#churn/failure.ts";
import type { Delimiter } from "./delimited.ts";
import { type NumberFormat, numberFormatOf } from "./number-format.ts";
import type { LogOptions } from "./options.ts";
import { acceptedTimes, nameOfTime, type TimeParser } from "./time.ts";

/** Which column holds what, as positions from 0; undefined where none does. */
export interface Columns {
  readonly user: number;
  readonly time: number;
  readonly action: number | undefined;
  readonly value: number | undefined;
  /** The sender's own id of each action. */
  readonly id: number | undefined;
}

/** The first rows of a log. */
export interface Sample {
  /** The header's names, or undefined when there is no header. */
  readonly names: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  /** What stands between fields; absent in NDJSON. */
  readonly delimiter?: Delimiter | undefined;
}

/** Names that mean a role, the clearest first, as lower-case letters and digits only. */
const guesses = {
  user: [
    ...["userid", "user", "useruuid", "customerid", "customer", "uid", "memberid", "member", "accountid", "account"],
    ...["clientid", "client", "subscriberid", "subscriber", "studentid", "idstudent", "playerid", "visitorid"],
    ...["username", "login", "authoremail", "author", "email", "actor", "actorid"],
  ],
  time: [
    ...["timestamp", "time", "datetime", "eventtime", "eventtimestamp", "occurredat", "createdat", "created", "ts"],
    ...["date", "eventdate", "orderdate", "invoicedate", "purchasedate", "transactiondate", "logtime", "day", "when"],
  ],
  action: [
    ...["action", "eventaction", "event", "eventtype", "eventname", "actiontype", "actionname", "activity"],
    ...["activitytype", "verb", "type"],
  ],
  value: [
    ...["value", "lapsevalue", "amount", "dollarvalue", "price", "revenue", "total", "totalprice", "sales", "spend"],
    ...["score"],
  ],
  id: ["eventid", "eventuuid"],
} as const;

type Role = keyof typeof guesses;

/**
 * Finds the columns: those named by the options, by name or 1-based number, else those whose names in the header are
 * clear. Throws InvalidInput, with the columns found and the flags to use, when user or time stay unknown, when an
 * option names no column, or when no row of the sample has a time in the time column.
 */
export function chooseColumns(sample: Sample, options: LogOptions, parseTime: TimeParser): Columns {
  const taken = new Set<number>();
  const choose = (role: Role, fits: (column: number) => boolean): number | undefined => {
    const given = options[role];
    const column = given === undefined ? guess(role, sample, taken, fits) : named(role, given, sample);
    if (column !== undefined) taken.add(column);
    return column;
  };
  const user = choose("user", () => true);
  const time = choose("time", () => true);
  const action = options.actionName === undefined ? choose("action", () => true) : undefined;
  const value = choose("value", (column) => areNumbers(valuesOf(sample, column), numbersOf(sample, column)));
  const id = choose("id", (column) => areDistinct(valuesOf(sample, column)));
  if (user === undefined || time === undefined) throw unknown(user === undefined ? "user" : "time", sample);
  checkTimes(sample, time, parseTime, options);
  return { user, time, action, value, id };
}

/** The columns in words, to be shown before use: `customer_id → user, date → time (yyyymmdd), …`. */
export function describeColumns(columns: Columns, sample: Sample, options: LogOptions): string {
  const example = valuesOf(sample, columns.time).find((text) => nameOfTime(text) !== undefined) ?? "";
  const format = options.timeFormat ?? nameOfTime(example);
  const shown = (column: number | undefined, role: string) =>
    column === undefined ? [] : [`${nameOf(sample, column)} → ${role}`];
  const found = [
    ...shown(columns.user, "user"),
    ...shown(columns.time, format === undefined ? "time" : `time (${format})`),
    ...shown(columns.action, "action"),
    ...shown(columns.value, numbersOf(sample, columns.value).decimal === "comma" ? "value (decimal comma)" : "value"),
    ...shown(columns.id, "event id"),
  ].join(", ");
  if (columns.action !== undefined) return found;
  if (options.actionName !== undefined) return `${found}; every line counts as «${options.actionName}»`;
  return `${found}; no action column: every line counts as «${defaultAction}»`;
}

/** What a row did where the log has no column for it. */
export const defaultAction = "action";

/** How the numbers of a column are written; of no column, as numbers usually are. */
export function numbersOf(sample: Sample, column: number | undefined): NumberFormat {
  return numberFormatOf(column === undefined ? [] : valuesOf(sample, column), sample.delimiter);
}

/** Whether a value field says that there is none. */
export function isAbsent(text: string): boolean {
  return text === "" || text === "NA" || text === "NULL" || text === "null" || text === "\\N" || text === "NaN";
}

function guess(role: Role, sample: Sample, taken: ReadonlySet<number>, fits: (column: number) => boolean) {
  const names = (sample.names ?? []).map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  for (const name of guesses[role]) {
    const column = names.indexOf(name);
    if (column >= 0 && !taken.has(column) && fits(column)) return column;
  }
  return undefined;
}

/** A column that an option names, or numbers from 1; a name that looks like a number is found first. */
function named(role: Role, given: string, sample: Sample): number {
  const byName = sample.names?.indexOf(given) ?? -1;
  if (byName >= 0) return byName;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= width(sample)) return number - 1;
  throw new InvalidInput(`--${role} ${given}: there is no such column. ${columnsFound(sample)}`);
}

function unknown(role: "user" | "time", sample: Sample): InvalidInput {
  const what = role === "user" ? "the user" : "the time";
  const noHeader =
    sample.names === undefined
      ? ""
      : " If the first line is no header, add --no-header and give columns by number, from 1.";
  return new InvalidInput(
    `Cannot tell which column holds ${what}: name it with --${role} COLUMN. ${columnsFound(sample)}${noHeader}`,
  );
}

function columnsFound(sample: Sample): string {
  const shown = 40;
  const names = Array.from({ length: Math.min(width(sample), shown) }, (_, column) => nameOf(sample, column));
  return `Columns found: ${names.join(", ")}${width(sample) > shown ? ", …" : ""}.`;
}

function checkTimes(sample: Sample, time: number, parseTime: TimeParser, options: LogOptions): void {
  const values = valuesOf(sample, time);
  if (values.length === 0 || values.some((text) => !Number.isNaN(parseTime(text)))) return;
  const examples = [...new Set(values)].slice(0, 3).map((text) => `"${text}"`);
  const column = sample.names === undefined ? nameOf(sample, time) : `The column ${nameOf(sample, time)}`;
  const isOffset = options.timeFormat === undefined && values.every((text) => /^-?\d{1,5}$/.test(text));
  throw new InvalidInput(
    options.timeFormat === undefined
      ? `${column} does not hold times: ${examples.join(", ")}${isOffset ? " are offsets from a date that the log does not name" : ""}. ` +
          `Accepted: ${acceptedTimes}. Name another column with --time.`
      : `${column} does not hold times of the format ${options.timeFormat}: ${examples.join(", ")}.`,
  );
}

function valuesOf(sample: Sample, column: number): string[] {
  return sample.rows.map((row) => (row[column] ?? "").trim());
}

/** A bad value or two make a column no less one of numbers: the rows are rejected by name later. */
function areNumbers(values: readonly string[], { parse }: NumberFormat): boolean {
  const present = values.filter((text) => !isAbsent(text));
  return 2 * present.filter((text) => Number.isFinite(parse(text))).length >= present.length;
}

function areDistinct(values: readonly string[]): boolean {
  return !values.includes("") && new Set(values).size === values.length;
}

function width(sample: Sample): number {
  return sample.names?.length ?? sample.rows[0]?.length ?? 0;
}

function nameOf(sample: Sample, column: number): string {
  return sample.names?.[column] || `column ${column + 1}`;
}
