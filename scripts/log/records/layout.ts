import { InvalidInput } from "#churn/failure.ts";
import { plainJson } from "#churn/intake/lenient-json.ts";
import { hasRole } from "#churn/intake/role-names.ts";
import type { LogOptions } from "../options.ts";
import { isLikelyTime } from "../reading/likely-time.ts";
import { EmptyFile } from "../source/empty-file.ts";
import { accessLogLine } from "./access-log.ts";
import { bestDelimiter, type Dialect } from "./dialect.ts";
import { fieldsDirective } from "./extended-log.ts";
import { type Around, timeBefore } from "./json-around.ts";
import { logfmtLine } from "./logfmt.ts";

/** How the rows of a text are written. */
export type Layout =
  /** An object to a line. */
  | { readonly kind: "json-lines"; readonly around: Around }
  | { readonly kind: "json-document" }
  | { readonly kind: "access-log" }
  | { readonly kind: "logfmt" }
  | ({ readonly kind: "delimited" } & Dialect)
  | { readonly kind: "extended-log" }
  /** Between runs of blanks. */
  | { readonly kind: "blanks"; readonly skip: number };

/** The options that tell how a text is written. */
type LayoutOptions = Pick<LogOptions, "delimiter" | "user" | "time" | "header" | "mayBeList">;

/**
 * How a text is written, by its first lines. Throws InvalidInput where nothing stands between fields, unless it may be a list
 * of one column.
 */
export function detectLayout(lines: readonly string[], path: string, options: LayoutOptions): Layout {
  const { delimiter, mayBeList = false } = options;
  const filled = lines.filter((line) => line.trim() !== "");
  const [first] = filled;
  if (first === undefined) throw new EmptyFile(`Cannot read ${path}: there is no line in it.`, lines.length);
  if (delimiter === undefined) {
    const json = detectJson(filled);
    if (json !== undefined) return json;
    if (2 * filled.filter((line) => accessLogLine.test(line)).length > filled.length) return { kind: "access-log" };
    if (filled.some((line) => line.startsWith(fieldsDirective))) return { kind: "extended-log" };
    if (2 * filled.filter((line) => logfmtLine.test(line)).length > filled.length) return { kind: "logfmt" };
    // Below a header, what stands in a column is no record; a message of Kafka stands behind its key and a tab.
    const hasTabs = !namesTable(options) && textBefore(first, true) === "text";
    const behind = filled.map((line) => textBefore(line, hasTabs));
    const kinds = namesTable(options) ? (["text"] as const) : (["text", "time"] as const);
    const around = kinds.find((kind) => behind.filter((own) => own === kind).length >= leastElements * filled.length);
    if (around !== undefined) return { kind: "json-lines", around };
    requireRows(filled, path);
  }
  const announced = announcedDelimiter.exec(first)?.[1]?.replace("\\t", "\t");
  // The line that names the delimiter is none of the others.
  const from = announced === undefined ? 0 : lines.indexOf(first) + 1;
  const below = lines.slice(from);
  // A program that announces another delimiter than it writes is not believed.
  const found = bestDelimiter(below, delimiter ?? announced) ?? bestDelimiter(below, delimiter);
  if (found !== undefined) return { ...found, skip: found.skip + from };
  const blanks = filled.filter((line) => /\S[ \t]+\S/.test(line)).length;
  // The heading of a list may be of two words.
  if (blanks > (mayBeList ? filled.length / 2 : 0) && delimiter === undefined)
    return { kind: "blanks", skip: lines.indexOf(first) };
  if (mayBeList) {
    const between = delimiter ?? ",";
    const widest = lines.slice(from).reduce((most, line) => Math.max(most, line.split(between).length), 1);
    return { kind: "delimited", delimiter: between, quote: '"', skip: from, fields: 1, widest, isEven: widest === 1 };
  }
  throw new InvalidInput(
    `Cannot read ${path}: its first line has a single column («${first.trim().slice(0, 60)}»). ` +
      "A log needs at least a user and a time, separated by a comma, tab, semicolon, bar or blanks " +
      "(or by what --delimiter names), or as JSON.",
  );
}

/** Throws InvalidInput for texts that hold rows in a way in which they are not read. */
function requireRows(filled: readonly string[], path: string): void {
  const share = (isSuch: (line: string) => boolean) => filled.filter(isSuch).length / filled.length;
  // A field of CSV may stand in parentheses, as "(not set)" does: only a statement makes tuples of them.
  const hasStatement = filled.some((line) => statement.test(line));
  // One statement may hold thousands of rows, below a few lines of others.
  const isLong = sizeOf(filled.filter((line) => statement.test(line))) > sizeOf(filled) / 2;
  if (isLong || (hasStatement && share((line) => statement.test(line) || /^\s*\(.*\)\s*[,;]\s*$/.test(line)) > 0.5))
    throw new InvalidInput(
      `Cannot read ${path}: it holds SQL statements. Export the table as CSV or JSON, from a query if need be.`,
    );
  if (/^\s*\ufeff?<(?:\?xml|!doctype|html)\b/i.test(filled[0] ?? "") || share((line) => markup.test(line)) > 0.5)
    throw new InvalidInput(
      `Cannot read ${path}: it is XML or HTML. Write its rows as CSV or JSON; a spreadsheet saves a table of HTML as CSV.`,
    );
  if (share(isRow) > 0.5)
    throw new InvalidInput(
      `Cannot read ${path}: its lines are JSON arrays with text between them. Write an array or an object to a line, or CSV.`,
    );
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((size, line) => size + line.length, 0);
}

/** A line of tags alone, or with text before those that close: a field of a table may be one, or hold some. */
const markup = /^\s*(?:<[!/]?[A-Za-z][\w:.-]*(?:\s[^<>]*|\/)?>(?:[^<>]*(?=<\/)|\s*(?=<[^/]|$)))+$/;

const statement = /^\s*(?:INSERT|REPLACE)\s+(?:[A-Z]+\s+)?INTO\s/i;

/** A first line that names the delimiter, as spreadsheet programs write and read it. */
export const announcedDelimiter = /^\s*"?sep=(.|\\t)"?\s*$/i;

function detectJson(filled: readonly string[]): Layout | undefined {
  const start = unmarked(filled[0] ?? "");
  if (areRows(filled)) return { kind: "json-lines", around: "nothing" };
  if (!/^(?:\{|\[\s*(?:\{|\[|\]|$))/.test(start)) return undefined;
  const [first = ""] = filled;
  // The first line of an array over several is no JSON by itself.
  if (start.startsWith("[") && !isJson(first)) {
    const rows = filled.map(withoutBrackets).filter((row) => row !== "");
    const isByLine = rows.length > 0 && rows.filter(isJson).length >= leastElements * rows.length;
    return isByLine ? { kind: "json-lines", around: "array" } : { kind: "json-document" };
  }
  if (start.startsWith("[") && filled.length === 1) return { kind: "json-document" };
  // An object around an array that goes on in further lines, as of CouchDB: {"total_rows":2,"rows":[
  // The last line may be cut off, unless it is the only other one.
  const below = filled.length > 2 ? filled.slice(1, -1) : filled.slice(1);
  if (opensArray(first) && !areMostRecords(below)) return { kind: "json-document" };
  const objects = filled.filter(isJson).length;
  return 2 * objects >= filled.length ? { kind: "json-lines", around: "nothing" } : { kind: "json-document" };
}

/** Whether most lines, and the first, are rows of a table as arrays by themselves. */
function areRows(filled: readonly string[]): boolean {
  const [first = ""] = filled;
  if (filled.length < 2 || !isRow(first) || !isContainer(unmarked(first))) return false;
  return 2 * filled.filter(isRow).length > filled.length;
}

/** Whether a line is an array of single values. */
function isRow(line: string): boolean {
  return /^\[\s*["\d\-ntf]/.test(unmarked(line)) && isJson(line);
}

/** Whether a line is the beginning of an object that ends in an array, behind nothing or objects of it. */
function opensArray(line: string): boolean {
  return /[[}]\s*,?\s*$/.test(line.slice(-100)) && !isJson(line) && isJson(line.replace(/,?\s*$/, "]}"));
}

/** Whether most lines are objects without the comma that stands between those of an array. */
function areMostRecords(lines: readonly string[]): boolean {
  return 2 * lines.filter((line) => isContainer(line.trim())).length > lines.length;
}

/** A line of an array without the brackets, commas and blanks around it. A pattern would be tried from each of many at its end. */
function withoutBrackets(line: string): string {
  let end = line.length;
  while (end > 0 && /[\],\s]/.test(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end).replace(/^[[,\s]+/, "");
}

/** The share of an array's lines that are a record each; of one that is written over several, some lines are as well. */
const leastElements = 0.8;

/** Whether options speak of the columns of a table, which messages behind their keys have not. */
function namesTable({ user, time, header }: LayoutOptions): boolean {
  return header !== undefined || [user, time].some((column) => /^\d+$/.test(column ?? ""));
}

/**
 * What stands before the object at the end of a line that names a user: text, or the only time of the record; undefined where there is no
 * such object. Tabs are between them only where these may be.
 */
function textBefore(line: string, hasTabs: boolean): "text" | "time" | undefined {
  const start = line.indexOf("{");
  if (start <= 0 || !isJson(line.slice(start))) return undefined;
  const before = line.slice(0, start);
  if (before.includes("\t") && !(hasTabs && isKey(before))) return undefined;
  const names = Array.from(line.slice(start).matchAll(/"([^"\\]{1,60})"\s*:/g), ([, name = ""]) => name);
  if (!hasRole("user", names)) return undefined;
  if (hasRole("time", names)) return "text";
  return timeBefore.test(before) && !before.includes("\t") ? "time" : undefined;
}

/**
 * Whether Kafka's console writes such a text before a message: partition, time and key at most. A time that is not marked as
 * Kafka's is a column of a table, in which the object is another.
 */
function isKey(before: string): boolean {
  const fields = before.replace(/\t\s*$/, "").split("\t");
  return fields.length <= 3 && !fields.some((field) => isLikelyTime(field.trim()));
}

/** A line without the marks of an encoding, or of a sequence of JSON texts, before it. */
function unmarked(line: string): string {
  return line.replace(/^[\s\ufeff\p{Cc}]+/u, "");
}

/** Whether a line is an object or an array by itself. */
function isJson(line: string): boolean {
  const text = unmarked(line);
  return isContainer(text) || isContainer(plainJson(text));
}

function isContainer(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
