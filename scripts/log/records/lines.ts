import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";

/**
 * SQL for the lines of a text as column `l`, NULL where a line is empty; the first `skip` are left out. `lineEnd` is what
 * DuckDB is told to find at their ends, if not what it finds by itself.
 */
export function linesOf({ file, compression }: Source, skip = 0, lineEnd?: "\\n"): string {
  return (
    `read_csv(${literal(file)}, delim = ${noDelimiter}, quote = '', escape = '', comment = '', header = false, ` +
    `columns = {'l': 'VARCHAR'}, auto_detect = false, strict_mode = false, skip = ${skip}, ` +
    (lineEnd === undefined ? "" : `new_line = ${literal(lineEnd)}, `) +
    `compression = ${literal(compression)})`
  );
}

/** SQL that writes the texts of a query's one column to a file, each as a line, as it stands. */
export function writeLinesSql(query: string, file: string): string {
  return `COPY (${query}) TO ${literal(file)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0002\u0003')`;
}

/** A text whose lines are the results of a query. */
export async function withLines(source: Source, query: string, scratch: Scratch): Promise<Source> {
  const file = scratch.newFile();
  await scratch.run(writeLinesSql(query, file));
  return { ...source, file, compression: "none" };
}

/**
 * Whether DuckDB reads all characters of a text: of one with carriage returns and line feeds it drops the first behind a carriage
 * return alone, which it does not where it is told to look for line feeds and counts each of the two as an end.
 */
export async function isWholeInLines(source: Source, scratch: Scratch): Promise<boolean> {
  const characters = (lines: string) => `(SELECT coalesce(sum(strlen(l)), 0)::DOUBLE FROM ${lines})`;
  const [found, all] = await scratch.row(
    `SELECT ${characters(linesOf(source))}, ${characters(linesOf(source, 0, "\\n"))}`,
    z.tuple([z.number(), z.number()]),
  );
  return found === all;
}

/** What stands in no text. */
export const noDelimiter = "concat(chr(2), chr(3), chr(2), chr(3))";

/** What was seen of all lines of a text. */
export interface Survey {
  readonly lines: number;
  /** Of all lines without their ends. */
  readonly bytes: number;
  readonly blank: number;
  /** Lines that hold a double quote. */
  readonly quoted: number;
  /** Lines that hold an odd number of them. */
  readonly odd: number;
  /** Lines that hold a double quote after a backslash. */
  readonly backslashed: number;
}

export async function survey(source: Source, scratch: Scratch): Promise<Survey> {
  const counts = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);
  const [lines, bytes, filled, quoted, odd, backslashed] = await scratch.row(
    // Most lines begin with a letter or a digit, and most files have no quotes: CASE looks no further at them.
    `SELECT count(*)::DOUBLE, coalesce(sum(strlen(l)), 0)::DOUBLE,
       count(*) FILTER (CASE WHEN l >= '!' THEN true ELSE trim(l, ${blankCharacters}) <> '' END)::DOUBLE,
       count(*) FILTER (quoted)::DOUBLE,
       count(*) FILTER (CASE WHEN quoted THEN (strlen(l) - strlen(replace(l, '"', ''))) % 2 = 1 END)::DOUBLE,
       count(*) FILTER (CASE WHEN quoted THEN contains(l, '\\"') END)::DOUBLE
     FROM (SELECT l, contains(l, '"') AS quoted FROM ${linesOf(source)})`,
    counts,
  );
  return { lines, bytes, blank: lines - filled, quoted, odd, backslashed };
}

/** What a blank line is made of. */
export const blankCharacters = "concat(' ', chr(9), chr(11), chr(12), chr(13), chr(160), chr(65279))";

/** The first lines, an empty one as the empty text. */
export async function firstLines(source: Source, scratch: Scratch, count: number): Promise<string[]> {
  const rows = await scratch.rows(
    `SELECT coalesce(l, '') FROM ${linesOf(source)} LIMIT ${count}`,
    z.tuple([z.string()]),
  );
  return rows.map(([line]) => line);
}

/** The text of some lines by their numbers from 1. */
export async function linesByNumber(
  source: Source,
  scratch: Scratch,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map();
  const last = Math.max(...numbers);
  const rows = await scratch.rows(
    `SELECT n::DOUBLE, coalesce(l, '') FROM (SELECT l, row_number() OVER () AS n FROM ${linesOf(source)} LIMIT ${last})
     WHERE n IN (${numbers.join(", ")})`,
    z.tuple([z.number(), z.string()]),
  );
  return new Map(rows);
}
