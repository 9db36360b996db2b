import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { type Csv, columnsOf, csvOptions } from "./csv.ts";
import { headerFault } from "./header.ts";
import { blankCharacters, linesOf, type Survey, writeLinesSql } from "./lines.ts";
import type { ColumnSource, Records, SetAside } from "./records.ts";
import { sampleOf } from "./sample.ts";
import { shapeSql, type TimeColumn } from "./time-shapes.ts";

export interface NumberedFile {
  readonly source: Source;
  readonly survey: Survey;
  readonly csv: Csv;
  /** Lines before the first row. */
  readonly skip: number;
  readonly width: number;
  /** The first row where it names the columns. */
  readonly header: readonly (string | null)[] | undefined;
  readonly times: readonly TimeColumn[];
  /** SQL for what the column f0, f1 … says. */
  readonly field: (column: number) => string;
  readonly scratch: Scratch;
}

type Common = Pick<Records, "path" | "names" | "width" | "notes" | "delimiter" | "textOf" | "setAside">;

/**
 * The rows of CSV whose lines are not one row each. Its lines are copied with their number as a further first field,
 * and DuckDB reads that copy: so a row over several lines keeps the number of its first, and what DuckDB refuses is known
 * by number. Lines whose quote never closes are read a second time without quoting, so that they swallow none that follow.
 */
export async function readNumbered(file: NumberedFile, common: Common): Promise<Records> {
  const { source, survey, csv, skip, width, scratch } = file;
  const lines = scratch.newTable();
  // Where lines end with two carriage returns and a line feed, that one comes with the line that follows.
  const line = "CASE WHEN starts_with(l, chr(10)) THEN l[2:] ELSE l END";
  await scratch.run(`CREATE TABLE ${lines} AS SELECT ${line} AS l FROM ${linesOf(source)}`);
  const spans = csv.quote === "" ? undefined : await findSpans(file, lines);
  const kinds = scratch.newTable();
  const none = "(SELECT NULL::BIGINT AS n WHERE false)";
  const within =
    spans === undefined
      ? none
      : `(SELECT unnest(range(first + 1, last + 1)) AS n FROM ${spans} WHERE last IS NOT NULL)`;
  const unclosed = spans === undefined ? none : `(SELECT first AS n FROM ${spans} WHERE last IS NULL)`;
  await scratch.run(`
    CREATE TABLE ${kinds} AS SELECT t.rowid + 1 AS n, l, CASE
      WHEN t.rowid < ${skip} THEN 'aside'
      WHEN w.n IS NOT NULL THEN 'continued'
      WHEN l IS NULL OR trim(l, ${blankCharacters}) = '' THEN 'blank'
      WHEN starts_with(l, '#') AND NOT ${isRowSql(file)} THEN 'comment'
      WHEN u.n IS NOT NULL THEN 'unclosed'
      ELSE 'row' END AS kind
    FROM ${lines} t LEFT JOIN ${within} w ON w.n = t.rowid + 1 LEFT JOIN ${unclosed} u ON u.n = t.rowid + 1
    ORDER BY t.rowid;
    DROP TABLE ${lines}`);
  const rows = await readKinds(file, kinds);
  const [blank, comment, continued] = await scratch.row(
    `SELECT count(*) FILTER (kind = 'blank')::DOUBLE, count(*) FILTER (kind = 'comment')::DOUBLE,
       count(*) FILTER (kind = 'continued')::DOUBLE FROM ${kinds}`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT n AS line, coalesce(fault, ${headerFault(file.header, columns)}) AS fault${columnsSql(columns, file.field)} FROM ${rows} ORDER BY n`;
  return {
    ...common,
    notes: [...common.notes, ...(await commentNotes(kinds, comment, scratch))],
    unit: "line",
    hasLines: true,
    isTyped: false,
    sample: await sampleOf(select, width, scratch),
    select,
    firstLine: skip + 1,
    linesRead: survey.lines,
    setAside: { ...common.setAside, blank, comment, continued } satisfies SetAside,
  };
}

/** What is said of comments where they are more than a few: they may be rows after all. */
async function commentNotes(kinds: string, count: number, scratch: Scratch): Promise<string[]> {
  if (count <= fewComments) return [];
  const [line, text] = await scratch.row(
    `SELECT n::DOUBLE, l FROM ${kinds} WHERE kind = 'comment' ORDER BY n LIMIT 1`,
    z.tuple([z.number(), z.string()]),
  );
  return [
    `${count.toLocaleString("en")} lines that begin with # are left out as comments, such as line ${line}: ${text.slice(0, 80)}`,
  ];
}

const fewComments = 3;

/** SQL for whether the line `l` is a row by itself: it has all fields, and a time where rows have one. */
function isRowSql({ csv, width, times }: NumberedFile): string {
  const quote = csv.quote === "" ? '"' : csv.quote;
  const bare = csv.escape === "\\" ? `replace(l, ${literal(`\\${quote}`)}, '')` : "l";
  const fields = `string_split(regexp_replace(${bare}, ${literal(`${quote}[^${quote}]*${quote}`)}, '', 'g'), ${literal(csv.delimiter)})`;
  const isTime = times.map(({ column, shapes }) => {
    const field = `trim(${fields}[${column + 1}])`;
    // Nothing is left of a field in quotes.
    return ` AND (${field} = '' OR ${shapeSql(field)} IN (${shapes.map(literal).join(", ")}))`;
  });
  return `(l IS NOT NULL AND len(${fields}) = ${width}${isTime.join("")})`;
}

/** How many lines a quoted field may run over before its quote is taken as never closed. */
const longestSpan = 1_000;

/**
 * Which lines belong to one row: those from a line that leaves a quoted field open to the next one with an odd number of
 * quotes. Where a row stands right after the opening line, or no such line comes near, the quote was never closed. Returns
 * a table of the first and last lines of rows over several lines, and of lines whose quote does not close, without a last.
 */
async function findSpans(file: NumberedFile, lines: string): Promise<string> {
  const { csv, skip, scratch } = file;
  const { quote } = csv;
  const bare = csv.escape === "\\" ? `replace(l, ${literal(`\\${quote}`)}, '')` : "l";
  const mark = csv.delimiter.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  // What is left when every quoted field that closes is taken out, begins a field with a quote if one is still open.
  const opens = `regexp_matches(regexp_replace(${bare}, ${literal(`(^|${mark})${quote}(?:[^${quote}]|${quote}${quote})*${quote}`)}, '\\1', 'g'), ${literal(`(^|${mark})${quote}`)})`;
  const table = scratch.newTable();
  await scratch.run(`
    CREATE TABLE ${table} AS
    WITH odd AS (SELECT rowid + 1 AS n, ${opens} AS opens FROM ${lines} WHERE rowid >= ${skip} AND contains(l, ${literal(quote)})
        AND (strlen(${bare}) - strlen(replace(${bare}, ${literal(quote)}, ''))) % 2 = 1),
      following AS (SELECT rowid AS n, ${isRowSql(file)} AS is_row FROM ${lines} WHERE rowid IN (SELECT n FROM odd)),
      paired AS (SELECT n, opens, row_number() OVER in_order AS place, lead(n) OVER in_order AS next,
          coalesce(opens AND NOT is_row AND lead(n) OVER in_order - n <= ${longestSpan}, false) AS may_start
        FROM odd LEFT JOIN following USING (n) WINDOW in_order AS (ORDER BY n)),
      -- Of lines in a row that may each start a span, the second ends that of the first.
      started AS (SELECT *, may_start AND (place - coalesce(max(CASE WHEN NOT may_start THEN place END) OVER (ORDER BY place), 0)) % 2 = 1 AS starts
        FROM paired)
    SELECT n AS first, CASE WHEN starts THEN next END AS last
    FROM (SELECT *, lag(starts, 1, false) OVER (ORDER BY place) AS ends FROM started)
    WHERE starts OR (opens AND NOT ends)`);
  return table;
}

/** Reads the rows into a table of n, fault, f0 …; returns its name. */
async function readKinds(file: NumberedFile, kinds: string): Promise<string> {
  const { width, csv, scratch } = file;
  const table = scratch.newTable();
  const columns = Array.from({ length: width }, (_, column) => `f${column} VARCHAR`);
  await scratch.run(`CREATE TABLE ${table} (n BIGINT, fault VARCHAR, ${columns.join(", ")})`);
  // What is refused because of a quote may hold rows that the quote swallowed: these are read again without that line.
  let swallowed = await readOnce(file, { kinds, table, kind: "row", csv, withContinued: true });
  for (let pass = 1; swallowed > 0 && pass < mostPasses; pass++)
    swallowed = await readOnce(file, { kinds, table, kind: "row", csv });
  // Some rows of a file may escape their quotes as the others do not; what is left is read as if a quote meant nothing.
  const { backslashed } = file.survey;
  if (csv.quote === '"' && backslashed > 0)
    await readOnce(file, { kinds, table, kind: "unclosed", csv: { ...csv, escape: csv.escape === '"' ? "\\" : '"' } });
  await readOnce(file, { kinds, table, kind: "unclosed", csv: { ...csv, quote: "", escape: "" } });
  // What even then is not known to be read.
  await scratch.run(`INSERT INTO ${table} (n, fault) SELECT n, 'has a quote that does not close.' FROM ${kinds}
    WHERE kind IN ('row', 'unclosed')`);
  return table;
}

const mostPasses = 20;

interface Pass {
  readonly kinds: string;
  readonly table: string;
  readonly kind: "row" | "unclosed";
  readonly csv: Csv;
  /** Whether lines that continue a row are read with it. */
  readonly withContinued?: boolean;
}

/** Reads the lines of a kind, which are of the kind `read` from then on; returns how many are to be read once more. */
async function readOnce(
  { width, scratch, csv: own }: NumberedFile,
  { kinds, table, kind, csv, withContinued }: Pass,
): Promise<number> {
  const copy = scratch.newFile();
  const errors = scratch.newTable();
  const [count] = await scratch.row(
    `SELECT count(*)::DOUBLE FROM ${kinds} WHERE kind = ${literal(kind)}`,
    z.tuple([z.number()]),
  );
  if (count === 0) return 0;
  const isUnquoted = csv.quote === "" && own.quote !== "";
  const fields = Array.from({ length: width }, (_, column) =>
    isUnquoted ? bareSql(`f${column}`, own.quote) : `f${column}`,
  );
  const lines = `SELECT CASE WHEN kind = 'continued' THEN coalesce(l, '') ELSE concat(n, ${literal(csv.delimiter)}, l) END FROM ${kinds}
    WHERE kind = ${literal(kind)} ${withContinued ? "OR kind = 'continued'" : ""} ORDER BY n`;
  await scratch.run(`
    ${writeLinesSql(lines, copy)};
    INSERT INTO ${table} SELECT n, NULL, ${fields.join(", ")} FROM read_csv(${literal(copy)},
      ${csvOptions(csv, ["'n': 'BIGINT'", ...columnsOf(width)])}, strict_mode = true, parallel = false, new_line = '\\n',
      store_rejects = true, rejects_table = ${literal(errors)}, rejects_scan = ${literal(`${errors}_scan`)}, rejects_limit = 0);
    UPDATE ${kinds} SET kind = 'read' WHERE kind = ${literal(kind)} AND n IN (SELECT n FROM ${table} WHERE fault IS NULL)`);
  // Another way of reading is still to come for what is refused by this one.
  if (kind === "unclosed" && csv.quote !== "") return 0;
  return settleRefused({ width, scratch, kinds, table, errors, kind });
}

/** SQL for a field that was read with its quotes: an id in quotes is the same user as without. */
function bareSql(field: string, quote: string): string {
  const [mark, twice] = [literal(quote), literal(quote + quote)];
  const inner = `CASE WHEN ends_with(${field}, ${mark}) AND strlen(${field}) > 1 THEN ${field}[2:-2] ELSE ${field}[2:] END`;
  return `CASE WHEN starts_with(${field}, ${mark}) THEN replace(${inner}, ${twice}, ${mark}) ELSE ${field} END`;
}

interface Refused {
  readonly width: number;
  readonly scratch: Scratch;
  readonly kinds: string;
  readonly table: string;
  readonly errors: string;
  readonly kind: "row" | "unclosed";
}

async function settleRefused({ width, scratch, kinds, table, errors, kind }: Refused): Promise<number> {
  const number = `regexp_extract(csv_line, '^\\s*(\\d+)', 1)::BIGINT`;
  const counted = "TRY_CAST(regexp_extract(error_message, 'Found: (\\d+)', 1) AS INTEGER)";
  // One error for each field that is missing or too many: the first tells how many there are, and the last.
  const found = `CASE WHEN bool_or(error_type = 'TOO MANY COLUMNS') THEN max(${counted}) ELSE min(${counted}) END`;
  const refused = scratch.newTable();
  await scratch.run(`
    CREATE TABLE ${refused} AS SELECT ${number} AS n, any_value(csv_line) AS text, ${found} AS fields,
      bool_or(error_type IN ('MISSING COLUMNS', 'TOO MANY COLUMNS')) AND NOT bool_or(error_type LIKE '%QUOTE%') AS uneven
    FROM ${errors} WHERE regexp_matches(csv_line, '^\\s*\\d+') GROUP BY ALL`);
  if (kind === "unclosed") {
    await scratch.run(`
      INSERT INTO ${table} (n, fault) SELECT n, 'has a quote that does not close.' FROM ${refused};
      UPDATE ${kinds} SET kind = 'read' WHERE kind = 'unclosed'`);
    return 0;
  }
  await scratch.run(`
    INSERT INTO ${table} (n, fault) SELECT n, 'has ' || (fields - 1) || CASE fields WHEN 2 THEN ' field' ELSE ' fields' END || ' and not ${width}.' FROM ${refused} WHERE uneven;
    UPDATE ${kinds} SET kind = 'read' WHERE n IN (SELECT n FROM ${refused} WHERE uneven);
    UPDATE ${kinds} SET kind = 'unclosed' WHERE kind = 'row' AND n IN (SELECT n FROM ${refused} WHERE NOT uneven)`);
  const [again] = await scratch.row(`SELECT count(*)::DOUBLE FROM ${kinds} WHERE kind = 'row'`, z.tuple([z.number()]));
  return again;
}
