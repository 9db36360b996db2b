import * as z from "zod";
import { isLikelyTime } from "../reading/likely-time.ts";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import type { Csv } from "./csv.ts";
import { namesColumns } from "./header.ts";
import { firstLines, linesOf, type Survey, withLines } from "./lines.ts";

/** The text of a log that gained or lost columns on the way, with the same number of fields in all rows. */
export interface EvenRows {
  readonly source: Source;
  /** The text as it was. */
  readonly from: Source;
  /** How many fields each row has. */
  readonly fields: number;
  readonly note: string;
}

interface UnevenText {
  readonly source: Source;
  readonly survey: Survey;
  readonly csv: Csv;
  /** Lines before the first row. */
  readonly skip: number;
  /** The first row where it names the columns. */
  readonly header: readonly (string | null)[] | undefined;
  readonly scratch: Scratch;
}

/** Rows of one width, which stand together. */
interface Run {
  readonly width: number;
  /** The line of the first. */
  readonly line: number;
  readonly lastLine: number;
  /** The first of them. */
  readonly head: readonly string[];
}

/**
 * Makes the rows of a log that gained or lost columns even: all rows of one width stand together, with a time in the same column as
 * the others, and each stretch begins with the header of its columns, or none does after the first. Undefined for other texts: rows
 * of another width among the rest have a delimiter in a field, and are none.
 */
export async function evenRows(text: UnevenText): Promise<EvenRows | undefined> {
  const { source, survey, csv, scratch } = text;
  // A record over several lines has no width by its first.
  if (survey.odd > 0 || csv.escape === "\\" || csv.quote === "'") return undefined;
  const runs = await runsOf(text);
  if (runs.length < 2 || runs.some(({ line }, at) => line <= (runs[at - 1]?.lastLine ?? 0))) return undefined;
  const change = changeOf(runs, text);
  if (change === undefined) return undefined;
  const { fields, rows, headers } = change;
  const names = headers.length === 0 ? undefined : await headerText(text, change);
  const cases = [
    ...(names === undefined ? [] : [`WHEN n IN (${headers.join(", ")}) THEN ${literal(names)}`]),
    ...rows.map(({ width, sql }) => `WHEN ${isRow(text)} AND width = ${width} THEN ${sql}`),
  ];
  const lines = `SELECT CASE ${cases.join(" ")} ELSE coalesce(l, '') END FROM ${measured(text)}`;
  const even = await withLines(source, lines, scratch);
  return { source: even, from: source, fields, note: noteOf(runs, change, text) };
}

function noteOf(runs: readonly Run[], { fields, headers }: Change, text: UnevenText): string {
  const widths = runs.map(({ width, line }) => `${width} from line ${line.toLocaleString("en")} on`).join(", ");
  const lacking = headers.length > 0 ? "that the header there does not name" : "at the end that shorter rows lack";
  const isNamed = text.header === undefined || headers.length > 0 || namesIn(text).length >= fields;
  return `The number of fields changes, to ${widths}: columns ${lacking} are taken for empty there.${isNamed ? "" : ` The header has no name for column ${fields}.`}`;
}

/** The widths of more than a few rows, in the order in which they come first. */
async function runsOf(text: UnevenText): Promise<Run[]> {
  const found = await text.scratch.rows(
    `SELECT width::DOUBLE, min(n)::DOUBLE, max(n)::DOUBLE, to_json(min_by(l, n, ${headRows}))::VARCHAR
     FROM ${measured(text)} WHERE ${isRow(text)} GROUP BY width HAVING count(*) >= ${fewestRows} ORDER BY min(n)`,
    z.tuple([z.number(), z.number(), z.number(), z.string()]),
  );
  return found.map(([width, line, lastLine, head]) => ({
    width,
    line,
    lastLine,
    head: z.array(z.string()).parse(JSON.parse(head)),
  }));
}

/** Of fewer, such as the last one that is cut off, or lines of totals, it is not known that they go on. */
const fewestRows = 3;
const headRows = 20;

/** SQL for the lines with their numbers and how many fields they have. */
function measured({ source, csv, survey }: UnevenText): string {
  const bare = survey.quoted === 0 ? "l" : `regexp_replace(l, '"[^"]*"', '', 'g')`;
  const mark = literal(csv.delimiter);
  return `(SELECT n, l, (strlen(${bare}) - strlen(replace(${bare}, ${mark}, ''))) // strlen(${mark}) + 1 AS width
    FROM (SELECT row_number() OVER () AS n, l FROM ${linesOf(source)}))`;
}

/** SQL for whether a line may be a row. */
function isRow({ skip }: UnevenText): string {
  return `(n > ${skip} AND l IS NOT NULL AND trim(l) <> '' AND NOT starts_with(l, '#'))`;
}

interface Change {
  readonly fields: number;
  /** Lines that name the columns. */
  readonly headers: readonly number[];
  /** The line of the header with all names. */
  readonly widest: number;
  /** SQL for the rows of those widths that are to be written otherwise. */
  readonly rows: readonly { readonly width: number; readonly sql: string }[];
}

/** How rows of all widths get the same fields; undefined where that is not known. */
function changeOf(runs: readonly Run[], text: UnevenText): Change | undefined {
  const heads = runs.map(({ head }) => head.map((line) => cellsOf(line, text.csv)));
  const named = heads.filter(([first = []], at) => at > 0 && namesColumns(first)).length;
  if (named === 0) return unnamedChange(runs, heads, text);
  return named === runs.length - 1 ? namedChange(runs, heads, text) : undefined;
}

/** The first rows of each run, as fields. */
type Heads = readonly (readonly (readonly string[])[])[];

/** Where no line names the columns anew, they were added at the end. */
function unnamedChange(runs: readonly Run[], heads: Heads, text: UnevenText): Change | undefined {
  const widths = runs.map(({ width }) => width);
  const fields = Math.max(namesIn(text).length, ...widths);
  const least = Math.min(...widths);
  if (2 * least < fields || !haveTimes(heads)) return undefined;
  if (changeKind(heads, least) || heads.some((rows) => widths.some((width) => isDivided(rows, width))))
    return undefined;
  return { fields, headers: [], widest: 0, rows: widths.flatMap((width) => padded(width, fields, text.csv)) };
}

/** Where each stretch has a header, the one with most names has those of all others. */
function namedChange(runs: readonly Run[], heads: Heads, text: UnevenText): Change | undefined {
  const own = runs.map((_, at) => (at === 0 ? namesIn(text) : (heads[at]?.[0] ?? [])));
  const all = own.reduce((most, names) => (names.length > most.length ? names : most));
  const areKnown = own.every(
    (names, at) =>
      names.length === runs[at]?.width &&
      new Set(names).size === names.length &&
      names.every((name) => name !== "" && all.includes(name)),
  );
  const { delimiter } = text.csv;
  const isBeginning = (names: readonly string[]) => names.every((name, at) => all[at] === name);
  // Fields in quotes are not taken apart by their delimiters.
  if (!areKnown || (text.survey.quoted > 0 && !own.every(isBeginning))) return undefined;
  const rows = own.flatMap((names) => {
    if (isBeginning(names)) return padded(names.length, all.length, text.csv);
    const field = (name: string) => `coalesce(string_split(l, ${literal(delimiter)})[${names.indexOf(name) + 1}], '')`;
    const sql = `concat_ws(${literal(delimiter)}, ${all.map((name) => (names.includes(name) ? field(name) : "''")).join(", ")})`;
    return [{ width: names.length, sql }];
  });
  const placed = heads.map((lines, at) =>
    lines.slice(at === 0 ? 0 : 1).map((cells) => all.map((name) => cells[own[at]?.indexOf(name) ?? -1] ?? "")),
  );
  if (!haveTimes(placed)) return undefined;
  const lines = runs.map(({ line }, at) => (at === 0 ? text.skip : line));
  return { fields: all.length, headers: lines, widest: lines[own.indexOf(all)] ?? text.skip, rows };
}

function padded(width: number, fields: number, { delimiter }: Csv): Change["rows"] {
  return width === fields ? [] : [{ width, sql: `concat(l, ${literal(delimiter.repeat(fields - width))})` }];
}

async function headerText({ source, scratch }: UnevenText, { widest }: Change): Promise<string> {
  return (await firstLines(source, scratch, widest)).at(-1) ?? "";
}

/** Whether there is a column in which most rows of each stretch have a time. */
function haveTimes(heads: Heads): boolean {
  const width = Math.max(...heads.flatMap((rows) => rows.map((row) => row.length)));
  return Array.from({ length: width }, (_, column) => column).some((column) =>
    heads.every((rows) => 5 * rows.filter((row) => isLikelyTime(row[column] ?? "")).length >= 4 * rows.length),
  );
}

/** Whether one of the first columns holds numbers in one stretch and none in another: then fields were added before the last. */
function changeKind(heads: Heads, columns: number): boolean {
  return Array.from({ length: columns }, (_, column) => column).some((column) => {
    const filled = heads.map((rows) => rows.map((row) => row[column] ?? "").filter((cell) => cell !== ""));
    const isNumber = (cell: string) => /^[-+]?\d[\d.,]*$/.test(cell);
    return (
      filled.some((cells) => cells.length > 0 && cells.every(isNumber)) &&
      filled.some((cells) => cells.length > 0 && !cells.some(isNumber))
    );
  });
}

/** Whether the fields on both sides of the end of narrower rows may be one number with a comma in it, such as 12,50. */
function isDivided(rows: Heads[number], width: number): boolean {
  return rows.every((row) => /^[-+]?\d+$/.test(row[width - 1] ?? "") && /^\d{1,3}$/.test(row[width] ?? ""));
}

function namesIn({ header = [] }: UnevenText): string[] {
  const names = header.map((name) => (name ?? "").trim());
  return names.slice(0, names.findLastIndex((name) => name !== "") + 1);
}

/** The fields of a line without the quotes around them. */
function cellsOf(line: string, { delimiter }: Csv): string[] {
  const whole = line.replace(/"[^"]*"/g, (field) => field.replaceAll(delimiter, " "));
  return whole.split(delimiter).map((cell) => cell.trim().replaceAll('"', ""));
}
