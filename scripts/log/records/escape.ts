import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { linesOf } from "./lines.ts";

/**
 * What stands before a double quote within quotes: another one, as RFC 4180 has it, or a backslash. A backslash before
 * a quote is no sign of the latter by itself: it may be the end of a path, or belong to JSON in a field. So it is
 * whichever makes fields of more lines of the whole file.
 */
export async function escapeOf(source: Source, delimiter: string, scratch: Scratch): Promise<'"' | "\\"> {
  const [doubled, backslashed] = ['""', "\\\\."].map(
    (escaped) => `regexp_matches(l, ${literal(lineOfFields(delimiter, escaped))})`,
  );
  const [onlyDoubled, onlyBackslashed] = await scratch.row(
    `SELECT count(*) FILTER (doubled AND NOT backslashed)::DOUBLE, count(*) FILTER (backslashed AND NOT doubled)::DOUBLE
     FROM (SELECT ${doubled} AS doubled, ${backslashed} AS backslashed FROM ${linesOf(source)} WHERE contains(l, '"'))`,
    z.tuple([z.number(), z.number()]),
  );
  return onlyBackslashed > onlyDoubled ? "\\" : '"';
}

/** A pattern of a line of which every field is quoted as a whole or not at all; the last may run on. */
function lineOfFields(delimiter: string, escaped: string): string {
  const mark = delimiter.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  const first = delimiter.slice(0, 1).replace(/[\\\]^-]/g, "\\$&");
  const content = `"(?:[^"${escaped === '""' ? "" : "\\\\"}]|${escaped})*`;
  const field = `(?:${content}"|(?:[^"${first}][^${first}]*)?)`;
  return `^(?:${field}${mark})*(?:${field}|${content})\\r?$`;
}
