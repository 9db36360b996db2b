import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { join } from "./access-log.ts";
import { type Csv, columnsOf, csvOptions } from "./csv.ts";
import { blankCharacters, linesOf, type Survey } from "./lines.ts";
import { findSpans, type OddLine } from "./quoted-spans.ts";
import type { ColumnSource, Records, SetAside } from "./records.ts";
import { sampleOf } from "./sample.ts";

export interface NumberedFile {
  readonly source: Source;
  readonly survey: Survey;
  readonly csv: Csv;
  /** Lines before the first row. */
  readonly skip: number;
  readonly width: number;
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
  await scratch.run(`CREATE TABLE ${lines} AS SELECT l FROM ${linesOf(source)}`);
  const fields = `len(string_split(regexp_replace(l, ${literal(`${quoteOf(csv)}[^${quoteOf(csv)}]*${quoteOf(csv)}`)}, '', 'g'), ${literal(csv.delimiter)}))`;
  const { spans, unclosed } = findSpans(await oddLines(file, lines, fields));

  const kinds = scratch.newTable();
  const [hashed] = await scratch.row(
    `SELECT count(*)::DOUBLE FROM ${lines} WHERE rowid < ${skip} AND starts_with(l, '#')`,
    z.tuple([z.number()]),
  );
  const isComment = `starts_with(l, '#') AND ${hashed > 0 ? "true" : `${fields} <> ${width}`}`;
  await scratch.run(`
    CREATE TABLE ${kinds} AS SELECT rowid + 1 AS n, l, CASE
      WHEN rowid < ${skip} THEN 'aside'
      WHEN continued THEN 'continued'
      WHEN l IS NULL OR trim(l, ${blankCharacters}) = '' THEN 'blank'
      WHEN ${isComment} THEN 'comment'
      WHEN rowid + 1 IN (SELECT unnest([${unclosed.join(", ")}]::BIGINT[])) THEN 'unclosed'
      ELSE 'row' END AS kind
    FROM (SELECT t.rowid AS rowid, l, s.last IS NOT NULL AS continued FROM ${lines} t
      LEFT JOIN (SELECT unnest(range(first + 1, last + 1)) AS n, last FROM
        (SELECT unnest([${spans.map(([first]) => first).join(", ")}]::BIGINT[]) AS first,
                unnest([${spans.map(([, last]) => last).join(", ")}]::BIGINT[]) AS last)) s ON s.n = t.rowid + 1)
    ORDER BY rowid;
    DROP TABLE ${lines}`);
  const rows = await readKinds(file, kinds);
  const [blank, comment, continued] = await scratch.row(
    `SELECT count(*) FILTER (kind = 'blank')::DOUBLE, count(*) FILTER (kind = 'comment')::DOUBLE,
       count(*) FILTER (kind = 'continued')::DOUBLE FROM ${kinds}`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT n AS line, fault${columns.map((column, i) => `, ${join(column, (one) => `f${one}`)} AS c${i}`).join("")} FROM ${rows} ORDER BY n`;
  return {
    ...common,
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

function quoteOf({ quote }: Csv): string {
  return quote === "" ? '"' : quote;
}

/** Lines with an odd number of quotes, and what tells whether a quote of theirs runs on. */
async function oddLines(
  { csv, skip, width, scratch }: NumberedFile,
  lines: string,
  fields: string,
): Promise<OddLine[]> {
  if (csv.quote === "") return [];
  const quote = csv.quote;
  const bare = csv.escape === "\\" ? `replace(l, ${literal(`\\${quote}`)}, '')` : "l";
  const mark = csv.delimiter.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  // What is left when every quoted field that closes is taken out, begins a field with a quote if one is still open.
  const open = `regexp_matches(regexp_replace(${bare}, ${literal(`(^|${mark})${quote}(?:[^${quote}]|${quote}${quote})*${quote}`)}, '\\1', 'g'), ${literal(`(^|${mark})${quote}`)})`;
  const rows = await scratch.rows(
    `WITH odd AS (SELECT rowid AS place, l FROM ${lines} WHERE rowid >= ${skip} AND contains(l, ${literal(quote)})
       AND (strlen(${bare}) - strlen(replace(${bare}, ${literal(quote)}, ''))) % 2 = 1)
     SELECT place::DOUBLE + 1, ${open}, coalesce((SELECT coalesce(${fields} = ${width}, false) FROM ${lines} t WHERE t.rowid = odd.place + 1), true)
     FROM odd ORDER BY place`,
    z.tuple([z.number(), z.boolean(), z.boolean()]),
  );
  return rows.map(([line, opens, isFollowedByRow]) => ({ line, opens, isFollowedByRow }));
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
  await scratch.run(`
    COPY (SELECT CASE WHEN kind = 'continued' THEN coalesce(l, '') ELSE concat(n, ${literal(csv.delimiter)}, l) END FROM ${kinds}
      WHERE kind = ${literal(kind)} ${withContinued ? "OR kind = 'continued'" : ""} ORDER BY n)
      TO ${literal(copy)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0002\u0003');
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
