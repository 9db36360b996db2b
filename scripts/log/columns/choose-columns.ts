import { InvalidInput } from "#churn/failure.ts";
import { readFlag } from "#churn/intake/flag.ts";
import { endsOf, plainName, type Role, roleNames } from "#churn/intake/role-names.ts";
import { isAbsent } from "#churn/intake/text.ts";
import type { LogOptions } from "../options.ts";
import { readingByOptions } from "../reading/given-time.ts";
import { isLikelyTime } from "../reading/likely-time.ts";
import { acceptedTimes, areSpreadsheetDays, fits } from "../reading/time-reading.ts";
import { datePart } from "../records/date-part.ts";
import { type ColumnSource, columnName, type Records } from "../records/records.ts";

/** Which columns may hold what, by their names and by the first rows of the log. */
export interface ColumnChoice {
  readonly user: number;
  /** Columns that hold times, the likeliest first. */
  readonly times: readonly ColumnSource[];
  readonly action: number | undefined;
  readonly value: number | undefined;
  /** Columns that may hold the sender's own id of each action, the likeliest first. */
  readonly ids: readonly number[];
  /** Whether the business did it. */
  readonly passive: number | undefined;
  /** What a user should know of the choice. */
  readonly notes: readonly string[];
}

/** The columns of a log, with its first rows. */
export type Table = Pick<Records, "names" | "width" | "sample" | "unit">;

/**
 * Finds the columns: those named by the options, by name or 1-based number, else those whose names are clear and whose
 * first rows do not speak against it. `isFilled` tells of a column whether any row of the log has something in it. Throws InvalidInput, with the columns found and the flags to use, when user or time
 * stay unknown, when an option names no column, or when no row has a time in the time column.
 */
export async function chooseColumns(
  table: Table,
  options: LogOptions,
  isFilled: (column: number) => Promise<boolean>,
): Promise<ColumnChoice> {
  const taken = new Set<number>();
  const take = (column: number | undefined) => {
    if (column !== undefined) taken.add(column);
    return column;
  };
  const free = (role: Role) => guesses(role, table).filter((column) => !taken.has(column));
  /** The likeliest column that is not empty, or else the likeliest. */
  const choose = async (role: Exclude<Role, "time">, does: (column: number) => boolean = () => true) => {
    const given = options[role];
    if (given !== undefined) return take(named(role, given, table));
    const likely = free(role).filter(does);
    for (const column of likely) if (await isFilled(column)) return take(column);
    return take(likely[0]);
  };
  const users = free("user");
  const user = await choose("user");
  if (user === undefined) throw unknown("user", table);
  const times = timeColumns(table, options, taken);
  if (times.length === 0) throw noTimes(table, options, taken);
  for (const time of times.slice(0, 1)) for (const column of [time].flat()) taken.add(column);
  const action = options.actionName === undefined ? await choose("action") : undefined;
  const value = await choose("value", (column) => areNumbers(present(table, column)));
  const ids: number[] = [];
  if (options.id !== undefined) ids.push(named("id", options.id, table));
  else if (!options.noId) for (const column of free("id")) if (await isFilled(column)) ids.push(column);
  for (const column of ids) taken.add(column);
  const passive = await choose("passive", (column) => present(table, column).every(isFlag));
  const chosen = { user, time: times[0], action, value, id: ids[0], passive };
  return {
    user,
    times,
    action,
    value,
    ids,
    passive,
    notes: [...skippedUsers(table, users, user, options), ...duplicates(table, chosen, options)],
  };
}

/** What is said where a column has the clearest name of a user's and is empty. */
function skippedUsers(table: Table, [clearest]: readonly number[], user: number, options: LogOptions): string[] {
  if (clearest === undefined || clearest === user || options.user !== undefined) return [];
  return [`${columnName(table, clearest)} is empty in every row, so ${columnName(table, user)} is used as the user.`];
}

/** The texts of a column's first rows that stand for something. */
export function present({ sample }: Pick<Table, "sample">, source: ColumnSource): string[] {
  const [first, second] = typeof source === "number" ? [source] : source;
  return sample
    .map((row) =>
      (second === undefined ? (row[first] ?? "") : `${datePart(row[first] ?? "")} ${row[second] ?? ""}`).trim(),
    )
    .filter((text) => !isAbsent(text));
}

/** Columns whose names mean the role: as a whole first, then by the end of their path. */
function guesses(role: Role, { names = [] }: Table): number[] {
  const ends = names.map(endsOf);
  const found = roleNames[role].flatMap((name) => ends.flatMap((own, column) => (own[0] === name ? [column] : [])));
  const byEnd = roleNames[role].flatMap((name) => ends.flatMap((own, column) => (own.includes(name) ? [column] : [])));
  return [...new Set([...found, ...byEnd])];
}

function timeColumns(records: Table, options: LogOptions, taken: ReadonlySet<number>): ColumnSource[] {
  const given = readingByOptions(options);
  const isTime = (text: string) => (given === undefined ? isLikelyTime(text) : fits(text, given));
  const share = (source: ColumnSource) => {
    const texts = present(records, source);
    return texts.length === 0 ? 0 : texts.filter(isTime).length / texts.length;
  };
  if (options.time !== undefined) {
    const column = named("time", options.time, records);
    const isTimes = share(column) > 0 || (given === undefined && areSpreadsheetDays(present(records, column)));
    return isTimes || isWithoutRows(records, column) ? [column] : [];
  }
  const free = (column: number) => !taken.has(column);
  const byName = guesses("time", records).filter(free);
  const dated = byName.flatMap((column) => dateAndTime(records, column, byName, free));
  const found: ColumnSource[] = [...dated, ...byName].filter(
    (source) => share(source) >= 0.5 || (given !== undefined && share(source) > 0),
  );
  // A column of another name, where every text is a time and none could be an id.
  const others = Array.from({ length: records.width }, (_, column) => column).filter(
    (column) =>
      free(column) &&
      !byName.includes(column) &&
      records.names !== undefined &&
      // Any number would be an offset.
      options.epoch === undefined &&
      share(column) >= 0.9 &&
      present(records, column).every((text) => !/^\d+$|^\d(?:\.\d+)?e/i.test(text)),
  );
  const times = [...found, ...others.filter((column) => !dated.flat().includes(column))];
  if (times.length > 0 || given !== undefined) return times;
  return byName.filter((column) => areSpreadsheetDays(present(records, column)));
}

function isWithoutRows(records: Table, column: number): boolean {
  return present(records, column).length === 0 && records.sample.length === 0;
}

const clock = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?$/;

/** A column of dates and one of times of day, as spreadsheets and web servers write them. */
function dateAndTime(
  records: Table,
  column: number,
  byName: readonly number[],
  free: (column: number) => boolean,
): ColumnSource[] {
  const isAll = (source: number, does: (text: string) => boolean) => {
    const texts = present(records, source);
    return texts.length > 0 && texts.every(does);
  };
  if (!isAll(column, (text) => isLikelyTime(text) && !datePart(text).includes(":"))) return [];
  const clocks = Array.from({ length: records.width }, (_, other) => other).filter(
    (other) => other !== column && free(other) && isAll(other, (text) => clock.test(text)),
  );
  const [best] = [...clocks.filter((other) => byName.includes(other)), ...clocks];
  return best === undefined ? [] : [[column, best]];
}

/** A column that an option names, or numbers from 1; a name that looks like a number is found first. */
function named(role: Role, given: string, records: Table): number {
  const byName = records.names?.indexOf(given) ?? -1;
  if (byName >= 0) return byName;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= records.width) return number - 1;
  const close = records.names?.findIndex((name) => name.toLowerCase() === given.toLowerCase()) ?? -1;
  if (close >= 0) return close;
  throw new InvalidInput(`--${role} ${given}: there is no such column. ${columnsFound(records)}`);
}

function unknown(role: "user" | "time", records: Table): InvalidInput {
  const what = role === "user" ? "the user" : "the time";
  const noHeader =
    records.names === undefined
      ? " Without a header, give columns by number, from 1 (--user 1 --time 2 --action 3)."
      : " If the first line is no header, add --no-header and give columns by number, from 1.";
  return new InvalidInput(
    `Cannot tell which column holds ${what}: name it with --${role} COLUMN. ${columnsFound(records)}${records.unit === "line" ? noHeader : ""}`,
  );
}

function columnsFound(records: Table): string {
  const shown = 40;
  const { width, names, sample } = records;
  const found = Array.from({ length: Math.min(width, shown) }, (_, column) =>
    names === undefined
      ? `${columnName(records, column)} (${(sample[0]?.[column] ?? "").slice(0, 30)})`
      : columnName(records, column),
  );
  return `Columns found: ${found.join(", ")}${width > shown ? ", …" : ""}.`;
}

/** Why no column holds times: none is called so, or that which is holds something else. */
function noTimes(records: Table, options: LogOptions, taken: ReadonlySet<number>): InvalidInput {
  const column =
    options.time === undefined
      ? guesses("time", records).find((candidate) => !taken.has(candidate))
      : named("time", options.time, records);
  if (column === undefined) return unknown("time", records);
  const texts = present(records, column);
  const examples = [...new Set(texts)].slice(0, 3).map((text) => `"${text.slice(0, 40)}"`);
  const what = records.names === undefined ? columnName(records, column) : `The column ${columnName(records, column)}`;
  if (examples.length === 0) return new InvalidInput(`${what} holds no times: it is empty. Name another with --time.`);
  const given = readingByOptions(options);
  if (given !== undefined)
    return new InvalidInput(
      `${what} does not hold ${given.epoch === undefined ? "times of the format " : ""}${given.name}: ${examples.join(", ")}.`,
    );
  const isOffset = texts.every((text) => /^-?\d{1,5}$/.test(text));
  const isNumber = texts.every((text) => /^\d{9,}$/.test(text));
  const format = isNumber
    ? ", or say what its numbers count with --time-format epoch-s (epoch-ms, epoch-us, epoch-ns, ticks)"
    : "";
  return new InvalidInput(
    `${what} does not hold times: ${examples.join(", ")}${isOffset ? " are numbers that count from a date: name it with --epoch, such as --epoch 2013-02-01 (and --time-unit unless they count days)" : ""}. ` +
      `Accepted: ${acceptedTimes}. Name another column with --time${format}.`,
  );
}

function isFlag(text: string): boolean {
  return typeof readFlag(text) === "boolean";
}

/** A bad value or two make a column no less one of numbers; how they are written is told by the whole column. */
function areNumbers(texts: readonly string[]): boolean {
  return (
    2 *
      texts.filter((text) => /^[^0-9]{0,5}[0-9][0-9.,'\u2019 \u00a0\u202f]*(?:[eE][+-]?\d+)?[^0-9]{0,5}$/.test(text))
        .length >=
    texts.length
  );
}

interface Chosen {
  readonly user: number;
  readonly time: ColumnSource | undefined;
  readonly action: number | undefined;
  readonly value: number | undefined;
  readonly id: number | undefined;
  readonly passive: number | undefined;
}

/** What is said of a chosen column whose name another has as well. */
function duplicates(records: Table, chosen: Chosen, options: LogOptions): string[] {
  const { names = [] } = records;
  return Object.entries(chosen).flatMap(([role, source]) => {
    if (typeof source !== "number") return [];
    const name = names[source] ?? "";
    // Apart from capitals and marks between words, two names are one.
    const same = names.flatMap((other, column) =>
      plainName(other) === plainName(name) && plainName(name) !== "" ? [column] : [],
    );
    const given =
      role === "user" || role === "time" || role === "action" || role === "value" || role === "id" || role === "passive"
        ? options[role]
        : undefined;
    if (same.length < 2 || (given !== undefined && given !== name)) return [];
    const numbers = same.map((column) => column + 1);
    const differ = records.sample.some((row) => same.some((column) => row[column] !== row[source]));
    const choices = numbers.map((number) => `--${role} ${number}`).join(" or ");
    return [
      `"${name}" is in the header ${same.length === 2 ? "twice" : `${same.length} times`}, in columns ${numbers.join(" and ")}${differ ? ", with different content" : ", with the same content"}: column ${source + 1} is used${differ ? `. Choose with ${choices}` : ""}.`,
    ];
  });
}
