import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { type Csv, columnsOf, csvOptions } from "./csv.ts";
import type { Dialect } from "./dialect.ts";
import { escapeOf } from "./escape.ts";
import { type EvenRows, evenRows } from "./even-rows.ts";
import { haveFormulas, plainCell, plainCellSql } from "./formula.ts";
import { type HeaderChoice, hasHeader, headerFault } from "./header.ts";
import { announcedDelimiter } from "./layout.ts";
import { firstLines, linesByNumber, linesOf, type Survey } from "./lines.ts";
import { readNumbered } from "./numbered.ts";
import type { ColumnSource, Records } from "./records.ts";
import { sampleOf } from "./sample.ts";
import { timeColumns } from "./time-shapes.ts";

/**
 * The rows of CSV and its kin. A file of which every line is one row is read as it lies; any other (fields over several
 * lines, blank lines, comments, quotes that never close, rows that are too short) is read from a copy of its lines that
 * are numbered, so that each of them is accounted for.
 */
export async function readDelimited(
  source: Source,
  survey: Survey,
  dialect: Dialect,
  choice: HeaderChoice,
  scratch: Scratch,
  even?: EvenRows,
): Promise<Records> {
  const csv = await csvOf(source, dialect, survey, scratch);
  const head = await headOf(source, { csv, dialect, survey }, scratch);
  const preamble = dialect.skip === 0 ? [] : await firstLines(source, scratch, dialect.skip);
  const copied = choice.header === true ? undefined : await copyNames(source, dialect, preamble, scratch);
  const header = copied === undefined ? hasHeader(head, choice) : { isHeader: false, notes: [] };
  const names = header.isHeader ? namesOf(head, dialect.fields, even !== undefined) : copied;
  const width = names?.length ?? dialect.fields;
  const skip = dialect.skip + (header.isHeader ? 1 : 0);
  const common = {
    path: source.path,
    names,
    width,
    notes: [
      ...header.notes,
      ...preambleNotes(preamble, dialect.delimiter),
      ...(header.isHeader ? namelessNotes(head, names) : []),
      ...(even === undefined ? [] : [even.note]),
    ],
    delimiter: dialect.delimiter,
    textOf: (lines: readonly number[]) => linesByNumber(even?.from ?? source, scratch, lines),
  };
  const setAside = { header: header.isHeader ? 1 : 0, preamble: dialect.skip };
  const first = header.isHeader ? head[0] : undefined;
  const times = timeColumns(header.isHeader ? head.slice(1) : head);
  const hasFormulas = haveFormulas(head);
  const field = (column: number) => (hasFormulas ? plainCellSql(`f${column}`) : `f${column}`);
  const carefully = async () => {
    const evened =
      even === undefined ? await evenRows({ source, survey, csv, skip, header: first, scratch }) : undefined;
    return evened === undefined
      ? readNumbered(
          { source, survey, csv, skip, width, header: first, times, field, scratch },
          { ...common, setAside },
        )
      : readDelimited(evened.source, survey, { ...dialect, fields: evened.fields }, choice, scratch, evened);
  };
  const isUneven = even === undefined && !dialect.isEven;
  if (isUneven || dialect.skip > 0 || survey.blank > 0 || survey.odd > 0 || dialect.quote !== '"') return carefully();

  const rows = `read_csv(${literal(source.file)}, ${csvOptions(csv, columnsOf(width))}, skip = ${skip},
    strict_mode = true, store_rejects = true,${bufferOption(survey)} compression = ${literal(source.compression)})`;
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT NULL::BIGINT AS line, ${headerFault(first, columns)} AS fault${columnsSql(columns, field)} FROM ${rows}`;
  return sampleOf(select, width, scratch)
    .then(
      (sample): Records => ({
        ...common,
        unit: "line",
        hasLines: false,
        isTyped: false,
        sample,
        select,
        firstLine: skip + 1,
        linesRead: survey.lines,
        setAside,
        carefully,
      }),
    )
    .catch(carefully);
}

/**
 * How much DuckDB reads at a time. The rows of each part become blocks of rows by themselves: those of less than one are joined to
 * others at once, and blocks that are much less than full are written anew at the next checkpoint, each of which takes about a second
 * for 3 M rows. So a part holds nearly as many rows as two blocks.
 */
function bufferOption({ lines, bytes }: Survey): string {
  const ofBlock = rowsOfBlock * (bytes / Math.max(1, lines) + 1);
  const size = [1.8, 3.5].map((blocks) => Math.round(blocks * ofBlock)).find((own) => own >= leastBuffer);
  return size === undefined || size > mostBuffer ? "" : ` buffer_size = ${size},`;
}

const rowsOfBlock = 122_880;
/** A line may have 2 MB, and DuckDB reads 32 MB at a time by itself. */
const leastBuffer = 4_000_000;
const mostBuffer = 32_000_000;

async function csvOf(
  source: Source,
  { delimiter, quote }: Dialect,
  { quoted, backslashed }: Survey,
  scratch: Scratch,
): Promise<Csv> {
  if (quote === '"' && quoted === 0) return { delimiter, quote: "", escape: "" };
  const isInDoubt = quote === '"' && backslashed > 0;
  return { delimiter, quote, escape: isInDoubt ? await escapeOf(source, delimiter, scratch) : quote };
}

/**
 * The columns that a statement of PostgreSQL right before the first row names: COPY events (id, "user") FROM stdin; Throws
 * InvalidInput where another follows: the rows of its table would be taken under the names of the first.
 */
async function copyNames(
  source: Source,
  { skip, fields }: Dialect,
  preamble: readonly string[],
  scratch: Scratch,
): Promise<string[] | undefined> {
  const statement = preamble.at(-1) ?? "";
  const [, table = "", list = ""] = /^COPY ([^()\t]+?) *\(([^()]+)\) FROM stdin;?\s*$/i.exec(statement) ?? [];
  const names = list.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  if (table === "" || names.length !== fields) return undefined;
  const [other] = await scratch.rows(
    `SELECT l FROM ${linesOf(source, skip)} WHERE regexp_full_match(l, '(?i)COPY [^()\\t]+(\\([^()]+\\))? FROM stdin;?\\s*') LIMIT 1`,
    z.tuple([z.string()]),
  );
  if (other !== undefined)
    throw new InvalidInput(
      `Cannot read ${source.path}: it holds more tables than one («${statement.slice(0, 60)}», «${other[0].slice(0, 60)}»). ` +
        `Dump the one with the actions by itself (pg_dump --data-only --table=${table}).`,
    );
  return names;
}

/** What is said of lines before the first row that have fields as rows do. */
function preambleNotes(preamble: readonly string[], delimiter: string): string[] {
  const lines = preamble.filter(
    (line) => line.includes(delimiter) && !line.startsWith("#") && !announcedDelimiter.test(line),
  );
  const [first] = lines;
  if (first === undefined) return [];
  return [
    `${lines.length === 1 ? "A line" : `${lines.length} lines`} with other fields than the rest before the first row ${lines.length === 1 ? "is" : "are"} left out: ${first.slice(0, 80)}${lines.length === 1 ? "" : ", …"}`,
  ];
}

/** The first rows with the header, which may be wider than most rows; a row with more fields than the header widens it. */
async function headOf(
  source: Source,
  { csv, dialect, survey }: { readonly csv: Csv; readonly dialect: Dialect; readonly survey: Survey },
  scratch: Scratch,
): Promise<(string | null)[][]> {
  const { skip, fields, widest } = dialect;
  if (fields > mostFields)
    throw new InvalidInput(
      `Cannot read ${source.path}: it has ${fields.toLocaleString("en")} columns, and at most ${mostFields} are read. Keep those of the user, the time, the action and the value (cut -d, -f1-9, or csvcut).`,
    );
  // Where a line is a row and has no quotes, the first lines are known to have no more fields: DuckDB takes longest for those that it
  // might find.
  const isKnown = skip === 0 && survey.blank === 0 && csv.quote === "";
  const wide = isKnown ? Math.min(widest, mostWide) : mostWide;
  const rows = `read_csv(${literal(source.file)}, ${csvOptions(csv, columnsOf(wide)).replace("null_padding = false", "null_padding = true")},
    skip = ${skip}, strict_mode = false, parallel = false, ignore_errors = true, compression = ${literal(source.compression)})`;
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT NULL AS fault${columnsSql(columns, (one) => `f${one}`)} FROM ${rows} LIMIT 200`;
  const found = await sampleOf(select, wide, scratch);
  const widths = found.map((row) => row.findLastIndex((cell) => cell !== null) + 1);
  const width = Math.max(1, ...widths);
  return found.map((row) => row.slice(0, width));
}

/** The widest rows that are looked for. */
const mostWide = 512;

/** Of more, DuckDB's chunks of 2,048 rows take too much memory. */
const mostFields = 500;

/** What is said of fields behind the last that the header names: a mark in a field before them may have divided it. */
function namelessNotes(
  [, ...others]: readonly (readonly (string | null)[])[],
  names: readonly string[] = [],
): string[] {
  const width = names.length;
  const named = names.findLastIndex((name) => name !== "") + 1;
  const example = others.map((row) => row[named]).find((cell) => (cell ?? "").trim() !== "");
  if (width <= named || example === undefined || example === null) return [];
  return [
    `The header names ${named} columns, and rows have ${width} fields: the last, such as "${example.slice(0, 40)}", have no name. Use --delimiter or quotes if a field before them was divided, such as 12,50.`,
  ];
}

/**
 * Names from the first row. Where rows have one field more, R wrote their numbers before all others without a name. DuckDB leaves out
 * one empty field at the end of each row by itself, but no more; `isEven` where some rows are known to have more that are filled.
 */
function namesOf(head: readonly (readonly (string | null)[])[], fields: number, isEven: boolean): string[] {
  const [first = [], ...others] = head;
  const names = first.map((name) => plainCell((name ?? "").trim().replace(/^\ufeff/, "")));
  const width = names.findLastIndex((name) => name !== "") + 1;
  const own = names.slice(0, width);
  if (fields <= width) return own;
  const isNumbered = others.length > 0 && others.every((row, at) => row[0] === String(at + 1));
  if (isNumbered && fields === width + 1) return ["", ...own];
  const isFilled =
    isEven || fields > width + 1 || others.some((row) => row.slice(width, fields).some((cell) => cell !== null));
  return isFilled ? [...own, ...Array.from({ length: fields - width }, () => "")] : own;
}
