import { knownNames } from "#churn/intake/role-names.ts";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { accessLogLine } from "./access-log.ts";
import { linesOf, withLines } from "./lines.ts";
import { logfmtLine } from "./logfmt.ts";

/** How the lines of a table are dressed that a program wrote for people, or another took for one column. */
type Dress =
  /** Each line is one field in quotes, as a spreadsheet saves what it did not divide. */
  | { readonly kind: "quoted" }
  /** JSON as MongoDB's shell prints it, with calls around values: ISODate("…"). */
  | { readonly kind: "calls" }
  /** With a backslash before a delimiter within a field, as databases unload tables without quotes. */
  | { readonly kind: "escaped"; readonly delimiter: string }
  /** Between bars, with rules of dashes: the clients of databases, and Markdown. */
  | { readonly kind: "bars" }
  /** Each column begins at the same place in every line; these are the places, from 0. */
  | { readonly kind: "places"; readonly starts: readonly number[] };

/** A line of dashes and what may stand between them, under the names of columns. */
const rule = /^[\s|+:]*[-=]{2,}[-=+|:\s]*$/;
const quoted = /^"((?:[^"]|"")*)"[,;\s]*$/;
/** A string, in which nothing is a call, or a call with its argument. */
const stringOrCall =
  /("(?:[^"\\]|\\.)*")|([:,[]\s*)(?:ISODate|ObjectId|NumberLong|NumberInt|NumberDecimal|Long|Int32|Decimal128|UUID)\(\s*("[^"]*"|-?[0-9.]+)\s*\)/g;
const barred = /^\s*\|(.*)\|\s*$/;

/**
 * SQL for the lines `l` of a table without what stands around each of them; undefined where nothing does. Rules of dashes become
 * comments, so that every line keeps its number. `head` are the first lines.
 */
export function bareLineSql(head: readonly string[]): string | undefined {
  const dress = dressOf(head.filter((line) => line.trim() !== ""));
  if (dress === undefined) return undefined;
  const inner = `regexp_extract(l, ${literal(quoted.source)}, 1)`;
  switch (dress.kind) {
    case "quoted":
      return `CASE WHEN regexp_matches(l, ${literal(quoted.source)}) THEN replace(${inner}, '""', '"') ELSE l END`;
    case "calls":
      return `regexp_replace(l, ${literal(stringOrCall.source)}, ${literal("\\1\\2\\3")}, 'g')`;
    case "escaped": {
      const [mark, escaped] = [literal(dress.delimiter), literal(`\\${dress.delimiter}`)];
      // A character that no text has stands for it, until quotes stand around the fields.
      const fields = `replace(replace(replace(l, ${escaped}, chr(1)), '"', '""'), ${mark}, ${literal(`"${dress.delimiter}"`)})`;
      return `CASE WHEN contains(l, ${escaped}) THEN concat('"', replace(${fields}, chr(1), ${mark}), '"') ELSE l END`;
    }
    case "bars":
      return withoutRules(`regexp_replace(l, ${literal(barred.source)}, ${literal("\\1")})`);
    case "places": {
      const fields = dress.starts.map((start, at) => {
        const end = dress.starts[at + 1];
        return `trim(substr(l, ${start + 1}${end === undefined ? "" : `, ${end - start}`}))`;
      });
      return withoutRules(`concat_ws(chr(9), ${fields.join(", ")})`);
    }
  }
}

function withoutRules(line: string): string {
  return `CASE WHEN l IS NULL OR trim(l) = '' THEN l WHEN regexp_full_match(l, ${literal(rule.source)}) THEN '#' || l ELSE ${line} END`;
}

/** The same text with such lines. */
export function withBareLines(source: Source, sql: string, scratch: Scratch): Promise<Source> {
  return withLines(source, `SELECT coalesce(${sql}, '') FROM ${linesOf(source)}`, scratch);
}

function dressOf(lines: readonly string[]): Dress | undefined {
  const share = (does: (line: string) => boolean) => lines.filter(does).length / Math.max(1, lines.length);
  if (lines.length < 2) return undefined;
  if (share((line) => /[,;\t|{]/.test(quoted.exec(line)?.[1] ?? "")) >= leastShare) return { kind: "quoted" };
  if (/^\s*(?:\{|\[\s*(?:\{|$))/.test(lines[0] ?? "") && lines.some(hasCall)) return { kind: "calls" };
  const delimiter = escapedDelimiter(lines);
  if (delimiter !== undefined) return { kind: "escaped", delimiter };
  const hasRule = lines.slice(0, mostTitles).some((line) => rule.test(line));
  if (hasRule && share((line) => barred.test(line) || rule.test(line)) >= leastShare) return { kind: "bars" };
  if (share((line) => line.startsWith("#") || accessLogLine.test(line) || logfmtLine.test(line)) > 1 - leastShare)
    return undefined;
  const starts = startsIn(lines);
  return starts === undefined ? undefined : { kind: "places", starts };
}

function hasCall(line: string): boolean {
  return Array.from(line.matchAll(stringOrCall)).some(([, text]) => text === undefined);
}

/**
 * What stands between fields, if all lines have as many only where it is none behind a backslash. Of several that all lines have
 * equally often it is the one with most fields: another may be their decimal comma.
 */
function escapedDelimiter(lines: readonly string[]): string | undefined {
  if (!lines.some((line) => /\\[\t|,;]/.test(line)) || lines.some((line) => line.includes(`"`))) return undefined;
  const widths = (mark: string, texts: readonly string[]) => new Set(texts.map((line) => line.split(mark).length));
  const widthOf = (mark: string) => {
    const [width = 1, ...others] = widths(
      mark,
      lines.map((line) => line.replaceAll(`\\${mark}`, "")),
    );
    return others.length === 0 ? width : 1;
  };
  const [best] = ["\t", "|", ",", ";"]
    .map((mark) => ({ mark, width: widthOf(mark) }))
    .sort((a, b) => b.width - a.width);
  return best !== undefined && best.width > 1 && widths(best.mark, lines).size > 1 ? best.mark : undefined;
}

const leastShare = 0.8;
/** Lines among which the rule under the header stands. */
const mostTitles = 5;

/**
 * Where the columns of a table of fixed width begin: where the dashes of a rule under the header do, or else behind each place at
 * which all lines have a blank and the header a name, if their fields hold blanks themselves: all others are divided by runs of blanks.
 */
function startsIn(lines: readonly string[]): readonly number[] | undefined {
  const ruled = lines.slice(0, mostTitles).find((line) => /^ *-{2,}(?: +-{2,})+ *$/.test(line));
  const below = Array.from(ruled?.matchAll(/-+/g) ?? [], ({ index }) => index);
  // Dashes may be a text, or stand for nothing in each field of a row.
  const isDivided = (line: string) => below.every((start) => start === 0 || hasBlank(line, start - 1));
  if (ruled !== undefined && lines.filter(isDivided).length >= leastShare * lines.length) return below;
  if (lines.length < fewestLines || lines.some((line) => /[\t,;|{]/.test(line))) return undefined;
  // A date and a time of day may stand under one name.
  const widths = new Set(lines.slice(1).map((line) => line.trim().split(/\s+/).length));
  if (widths.size < 2) return undefined;
  const longest = Math.max(...lines.map((line) => line.length));
  if (longest > mostCharacters) return undefined;
  // A line or two, such as the last, may say how many there are.
  const [header = ""] = lines;
  const isBlank = (at: number) =>
    hasBlank(header, at) && lines.filter((line) => !hasBlank(line, at)).length <= 0.01 * lines.length;
  const starts = Array.from({ length: longest }, (_, at) => at).filter(
    (at) => !isBlank(at) && (at === 0 || isBlank(at - 1)),
  );
  // What the header has no name for is the rest of the field before it.
  const named = starts.filter((start, at) => header.slice(start, starts[at + 1]).trim() !== "");
  const names = named.map((start, at) => header.slice(start, named[at + 1]));
  return named.length < 2 || named[0] !== starts[0] || knownNames(names) < 2 ? undefined : named;
}

function hasBlank(line: string, at: number): boolean {
  return (line[at] ?? " ") === " ";
}

/** Of fewer lines blanks may stand below each other by chance. */
const fewestLines = 20;
/** Nobody writes wider tables. */
const mostCharacters = 2_000;
