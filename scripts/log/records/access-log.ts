import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { lineRecords } from "./line-records.ts";
import { linesOf, type Survey } from "./lines.ts";
import type { Records } from "./records.ts";

const names = ["host", "ident", "user", "time", "request", "status", "bytes", "referer", "agent", "method", "path"];
const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
const pattern =
  "^(?:\\S+:\\d+ )?(\\S+) (\\S+) (\\S+(?: [^\\[\\]]+)?) (\\[[^\\]]+\\]) " +
  `${quoted} (\\d{3}|-) (\\d+|-)(?: ${quoted} ${quoted})?`;

/** A line in the common or combined log format of Apache, nginx and others. */
export const accessLogLine = new RegExp(pattern);

/** The rows of an access log; a column that holds `-` has nothing there. */
export async function readAccessLog(source: Source, survey: Survey, scratch: Scratch): Promise<Records> {
  const faults = "WHEN x.host = '' THEN 'is not in the format of an access log.'";
  const fields = names.map((name) => {
    if (name === "method") return "regexp_extract(x.request, '^([A-Z]+) ', 1)";
    if (name === "path") return "regexp_extract(x.request, '^[A-Z]+ ([^ ?]*)', 1)";
    return `x.${name}`;
  });
  const rows = `(SELECT l, regexp_extract(l, ${literal(pattern)}, [${names.slice(0, 9).map(literal).join(", ")}]) AS x
    FROM ${linesOf(source)})`;
  const field = (column: number) => `nullif(nullif(${fields[column] ?? "NULL"}, '-'), '')`;
  return lineRecords(source, survey, { rows, faults, field, names, width: names.length }, scratch);
}
