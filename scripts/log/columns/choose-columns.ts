import { InvalidInput } from "#churn/failure.ts";
import { readFlag } from "#churn/intake/flag.ts";
import { endsOf, plainName, type Role } from "#churn/intake/role-names.ts";
import type { LogOptions } from "../options.ts";
import { readingByOptions } from "../reading/given-time.ts";
import { acceptedTimes } from "../reading/time-reading.ts";
import { type ColumnSource, columnName, placesOf } from "../records/records.ts";
import { columnsFound, guesses, named, present, type Table } from "./table.ts";
import { timeColumns, zoneNotes } from "./time-columns.ts";

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

/**
 * Finds the columns: those named by the options, by name or 1-based number, else those whose names are clear and whose
 * first rows do not speak against it. Throws InvalidInput, with the columns found and the flags to use, when user or time
 * stay unknown, when an option names no column, or when no row has a time in the time column.
 */
export async function chooseColumns(
  table: Table,
  options: LogOptions,
  { isFilled, isConstant }: SeenInAllRows,
): Promise<ColumnChoice> {
  const taken = new Set<number>();
  const take = (column: number | undefined) => {
    if (column !== undefined) taken.add(column);
    return column;
  };
  // Objects of JSON as texts name nobody: options reach the fields within.
  const free = (role: Role) =>
    guesses(role, table).filter((column) => !taken.has(column) && !areObjects(present(table, column)));
  /** The likeliest column that is not empty, or else the likeliest. */
  const choose = async (role: Exclude<Role, "time">, does: (column: number) => boolean = () => true) => {
    const given = options[role];
    if (given !== undefined) return take(named(role, given, table));
    const likely = free(role).filter(does);
    for (const column of likely) if (await isFilled(column)) return take(column);
    return take(likely[0]);
  };
  const users = free("user");
  const likeliest = await choose("user");
  if (likeliest === undefined) throw unknown("user", table);
  const other = options.user === undefined ? users.find((column) => mayBeUsers(table, column)) : undefined;
  const isOne = other !== undefined && isSame(table, likeliest) && (await isConstant(likeliest));
  const user = isOne && isTenant(table, likeliest) ? other : likeliest;
  taken.add(user);
  const { times, notes } = timeColumns(table, options, taken);
  if (times.length === 0) throw noTimes(table, options, taken);
  for (const column of times.slice(0, 1).flatMap(placesOf)) taken.add(column);
  const action = options.actionName === undefined ? await choose("action") : undefined;
  const [valueByName] = free("value").filter((column) => present(table, column).length > 0);
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
    notes: [
      ...skippedUsers(table, users, likeliest, options),
      ...(isOne ? [sameUser(columnName(table, likeliest), columnName(table, other), user === other)] : []),
      ...notes,
      ...zoneNotes(table, times[0], options),
      ...(value === undefined && valueByName !== undefined ? [noNumbers(table, valueByName)] : []),
      ...duplicates(table, chosen, options),
    ],
  };
}

/** What all rows of a log tell of a column. */
export interface SeenInAllRows {
  /** Whether any has something in it. */
  readonly isFilled: (column: number) => Promise<boolean>;
  /** Whether all have the same in it. */
  readonly isConstant: (column: number) => Promise<boolean>;
}

/** Whether a column has one text in the first rows, where these are enough to tell; or none, which makes nobody a user. */
function isSame(table: Table, column: number): boolean {
  const texts = present(table, column);
  return table.sample.length < fewestRows || texts.length < table.sample.length || new Set(texts).size === 1;
}

/** A log of fewer rows may be of one user. */
const fewestRows = 20;

/** Whether a column tells users apart in the first rows: by more than a flag, and in all of them. */
function mayBeUsers(table: Table, column: number): boolean {
  const texts = present(table, column);
  return !isSame(table, column) && new Set(texts).size >= fewestUsers && !texts.every(isFlag);
}

/** Fewer texts than these may be the kinds of something. */
const fewestUsers = 3;

/** Whether a column has the name of whom a log is of as a whole, which may have users of its own: a shop's account, say. */
function isTenant({ names = [] }: Table, column: number): boolean {
  return endsOf(names[column] ?? "").some((end) =>
    /^(?:account|client|customer|tenant|org|workspace|kund|klant)/.test(end),
  );
}

function sameUser(constant: string, other: string, isOther: boolean): string {
  const what = `${constant} is the same in every row`;
  return isOther
    ? `${what}, so ${other} is used as the user.`
    : `${what}. Use --user ${other} if that tells the users apart.`;
}

/** What is said where a column has the clearest name of a user's and is empty. */
function skippedUsers(table: Table, [clearest]: readonly number[], user: number, options: LogOptions): string[] {
  if (clearest === undefined || clearest === user || options.user !== undefined) return [];
  return [`${columnName(table, clearest)} is empty in every row, so ${columnName(table, user)} is used as the user.`];
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

function areObjects(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.every((text) => /^\{\s*["']/.test(text) && text.endsWith("}"));
}

function noNumbers(table: Table, column: number): string {
  const [example = ""] = present(table, column);
  return `${columnName(table, column)} holds no numbers, such as "${example.slice(0, 40)}", so no value is read from it.`;
}

function isFlag(text: string): boolean {
  return typeof readFlag(text) === "boolean";
}

/** A bad value or two make a column no less one of numbers; how they are written is told by the whole column. */
function areNumbers(texts: readonly string[]): boolean {
  // SAS writes a point where there is no number.
  const written = texts.filter((text) => text !== ".");
  return (
    2 *
      written.filter((text) =>
        /^[^0-9]{0,5}[0-9][0-9.,'\u2019 \u00a0\u2009\u202f]*(?:[eE][+-]?\d+)?[^0-9]{0,5}$/.test(text),
      ).length >=
    written.length
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
