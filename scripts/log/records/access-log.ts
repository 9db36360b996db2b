import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { datePartSql } from "./date-part.ts";
import { blankCharacters, linesByNumber, linesOf, type Survey } from "./lines.ts";
import { type ColumnSource, notRecords, type Records } from "./records.ts";
import { sampleOf } from "./sample.ts";

const names = ["host", "ident", "user", "time", "request", "status", "bytes", "referer", "agent", "method", "path"];
const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
const pattern =
  "^(?:\\S+:\\d+ )?(\\S+) (\\S+) (\\S+(?: [^\\[\\]]+)?) (\\[[^\\]]+\\]) " +
  `${quoted} (\\d{3}|-) (\\d+|-)(?: ${quoted} ${quoted})?`;

/** A line in the common or combined log format of Apache, nginx and others. */
export const accessLogLine = new RegExp(pattern);

/** The rows of an access log; a column that holds `-` has nothing there. */
export async function readAccessLog(source: Source, survey: Survey, scratch: Scratch): Promise<Records> {
  const fault = `CASE WHEN l IS NULL OR trim(l, ${blankCharacters}) = '' THEN ${literal(notRecords.blank)}
    WHEN x.host = '' THEN 'is not in the format of an access log.' END`;
  const fields = names.map((name) => {
    if (name === "method") return "regexp_extract(x.request, '^([A-Z]+) ', 1)";
    if (name === "path") return "regexp_extract(x.request, '^[A-Z]+ ([^ ?]*)', 1)";
    return `x.${name}`;
  });
  const rows = `(SELECT l, regexp_extract(l, ${literal(pattern)}, [${names.slice(0, 9).map(literal).join(", ")}]) AS x
    FROM ${linesOf(source)})`;
  const field = (column: number) => `nullif(nullif(${fields[column] ?? "NULL"}, '-'), '')`;
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT NULL::BIGINT AS line, ${fault} AS fault${columns.map((column, i) => `, ${join(column, field)} AS c${i}`).join("")} FROM ${rows}`;
  return {
    path: source.path,
    unit: "line",
    hasLines: false,
    isTyped: false,
    names,
    width: names.length,
    notes: [],
    sample: await sampleOf(select, names.length, scratch),
    select,
    firstLine: 1,
    linesRead: survey.lines,
    setAside: {},
    textOf: (lines) => linesByNumber(source, scratch, lines),
  };
}

/** SQL for a column, or for two, a date and a time of day, with a blank between. */
export function join(column: ColumnSource, field: (column: number) => string): string {
  return typeof column === "number"
    ? field(column)
    : `concat_ws(' ', ${datePartSql(field(column[0]))}, ${field(column[1])})`;
}
