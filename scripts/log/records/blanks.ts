import { hasRole } from "#churn/intake/role-names.ts";
import { isLikelyTime } from "../reading/likely-time.ts";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { type HeaderChoice, hasHeader } from "./header.ts";
import { lineRecords } from "./line-records.ts";
import { linesOf, type Survey } from "./lines.ts";
import type { ColumnSource, Records } from "./records.ts";
import { sampleOf } from "./sample.ts";

/** A pattern: a field is quoted, or runs to the next blank. */
export const blankField = '"(?:[^"]|"")*"|[^ \\t\\r]+';

/** SQL for a field without the quotes around it. */
export function unquotedSql(field: string): string {
  return `CASE WHEN starts_with(${field}, '"') THEN replace(trim(${field}, '"'), '""', '"') ELSE ${field} END`;
}

/** Rows with runs of blanks or tabs between fields. */
export async function readBlanks(
  source: Source,
  survey: Survey,
  layout: { readonly skip: number },
  choice: HeaderChoice,
  scratch: Scratch,
): Promise<Records> {
  const first = await split(source, layout.skip, scratch);
  const header = hasHeader(first.rows, choice);
  const names = header.isHeader ? namesOf(first.rows) : undefined;
  const width = names?.length ?? first.width;
  const skip = layout.skip + (header.isHeader ? 1 : 0);
  const faults = `WHEN len(x) <> ${width} THEN 'has ' || len(x) || ' fields and not ${width}.'`;
  const rows = `(SELECT l, regexp_extract_all(l, ${literal(blankField)}) AS x FROM ${linesOf(source, skip)})`;
  const field = (column: number) => unquotedSql(`x[${column + 1}]`);
  const setAside = { header: header.isHeader ? 1 : 0, preamble: layout.skip };
  const { notes } = header;
  return lineRecords(
    source,
    survey,
    { rows, faults, field, names, width, notes, firstLine: skip + 1, setAside },
    scratch,
  );
}

/** The header's names. Where it has one less than rows have fields, a date and a time of day have one between them. */
function namesOf([header = [], ...rows]: readonly (readonly (string | null)[])[]): string[] {
  const names = header.map((name) => name ?? "");
  const dayIn = (row: readonly (string | null)[]) =>
    row.findIndex((cell, at) => isTimeOfDay(row[at + 1]) && isLikelyTime(cell ?? ""));
  const day = rows.map(dayIn).find((at) => at >= 0);
  if (names.indexOf("") !== names.length - 1) return names;
  const isNumbered = rows.length > 0 && rows.every((row, at) => row[0] === String(at + 1));
  // R writes the numbers of rows before all other columns, without a name for them: that of the day stands one place too far left.
  const isShifted = day === undefined || hasRole("time", [names[day - 1] ?? ""]);
  if (isNumbered && isShifted) return ["", ...names.slice(0, -1)];
  if (day === undefined) return names;
  return [...names.slice(0, day + 1), "time of day", ...names.slice(day + 1, -1)];
}

function isTimeOfDay(text: string | null | undefined): boolean {
  return /^\d{1,2}:\d{2}/.test(text ?? "");
}

async function split(source: Source, skip: number, scratch: Scratch) {
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT NULL AS fault${columnsSql(columns, (column) => unquotedSql(`x[${column + 1}]`))}
     FROM (SELECT regexp_extract_all(l, ${literal(blankField)}) AS x FROM ${linesOf(source, skip)}) WHERE len(x) > 0`;
  const rows = await sampleOf(select, 64, scratch);
  const widths = rows.map((row) => row.filter((value) => value !== null).length);
  const width = Math.max(...widths, 0);
  return { width, rows: rows.map((row) => row.slice(0, width)) };
}
