import type { ClockWriting } from "./clock.ts";

/** The rows of one file as text, before it is decided what they mean. */
export interface Records {
  readonly path: string;
  /** What `line` counts, in words: `line 12`, `record 12`. */
  readonly unit: "line" | "record" | "row";
  /** The columns by their names; undefined where the file names none. */
  readonly names: readonly string[] | undefined;
  readonly width: number;
  /** What is known of the file that a user should hear, such as a header that was taken for a row. */
  readonly notes: readonly string[];
  /** The first rows; null where a row has nothing. */
  readonly sample: readonly (readonly (string | null)[])[];
  /** Whether rows tell their line, which need not stand one to a line then. */
  readonly hasLines: boolean;
  /** Whether values have types, as in JSON: then `select` tells of each column whether it holds text or a number. */
  readonly isTyped: boolean;
  /** What stands between fields, where something does. */
  readonly delimiter?: string | undefined;
  /**
   * SQL for all rows in their order: `line`, `fault` and the columns asked for as c0, c1 … and, where they are
   * typed, whether each holds text or a number as t0, t1 …. `line` is NULL where rows stand one to a line from `firstLine` on. `fault` says
   * why a row is none: one of `notRecords`, or what is wrong with it.
   */
  select(columns: readonly ColumnSource[]): string;
  readonly firstLine: number;
  /** Lines of the file, by an independent count; rows and lines that were set aside must come to the same. */
  readonly linesRead: number;
  /** Lines that are not among the rows of `select`, because they are no records. */
  readonly setAside: SetAside;
  /** Where the quick way of reading turns out not to see every line: the same file, line by line. */
  readonly carefully?: (() => Promise<Records>) | undefined;
  /** The text of some lines, to be shown. */
  textOf(lines: readonly number[]): Promise<ReadonlyMap<number, string>>;
}

/** A column by its position, or text put together from several of them. */
export type ColumnSource = DateSource | DateAndClock;

/** A column of dates, or one for each part of them. */
export type DateSource = number | DateParts;

/** Columns of years, months and days of the month; without the last, the first day of each month is meant. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number | undefined;
}

/** A column of dates, or those of their parts, and one of times of day: a blank stands between. */
export interface DateAndClock {
  readonly date: DateSource;
  readonly clock: number;
  readonly writing: ClockWriting;
}

/** The columns that a source is made of. */
export function placesOf(source: ColumnSource): readonly number[] {
  if (typeof source === "number") return [source];
  if ("clock" in source) return [...placesOf(source.date), source.clock];
  return [source.year, source.month, ...(source.day === undefined ? [] : [source.day])];
}

export interface SetAside {
  readonly header?: number;
  readonly preamble?: number;
  readonly blank?: number;
  readonly comment?: number;
  /** Lines after the first of a record that spans several. */
  readonly continued?: number;
}

/** Faults of lines that are no records and are counted apart. */
export const notRecords = { blank: "-blank", comment: "-comment", header: "-header", bracket: "-bracket" } as const;

/** The fault of a row after which columns hold something else than before. */
export const otherOrder = "names the columns in another order.";

/** How a column is called: by its name, or by its number from 1. */
export function columnName({ names }: Pick<Records, "names">, column: number): string {
  return names?.[column] || `column ${column + 1}`;
}

/** How a source is called: by the names of its columns. */
export function sourceName(table: Pick<Records, "names">, source: ColumnSource): string {
  const names = placesOf(source).map((column) => columnName(table, column));
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");
}
