import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { join } from "./access-log.ts";
import { blankCharacters, linesByNumber, linesOf, type Survey } from "./lines.ts";
import { type ColumnSource, notRecords, type Records } from "./records.ts";
import { sampleOf } from "./sample.ts";

const pair = '[A-Za-z_@][A-Za-z0-9_.@/-]*=(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s"]*)';

/** A line of nothing but pairs, as logfmt has it: `time=2025-01-01T10:00:00Z user=ann msg="logged in"`. */
export const logfmtLine = new RegExp(`^\\s*${pair}(?:\\s+${pair})+\\s*$`);

/** The rows of logfmt: each key is a column. */
export async function readLogfmt(source: Source, survey: Survey, scratch: Scratch): Promise<Records> {
  const pairs = `(SELECT l, regexp_extract_all(l, ${literal(pair)}) AS x FROM ${linesOf(source)})`;
  const rows = `(SELECT l, x, list_transform(x, lambda p: split_part(p, '=', 1)) AS k FROM ${pairs})`;
  const found = await scratch.rows(
    `SELECT key FROM (SELECT unnest(k) AS key FROM ${rows}) GROUP BY key ORDER BY count(*) DESC, key LIMIT ${mostKeys}`,
    z.tuple([z.string()]),
  );
  const names = found.map(([name]) => name);
  const fault = `CASE WHEN l IS NULL OR trim(l, ${blankCharacters}) = '' THEN ${literal(notRecords.blank)}
    WHEN NOT regexp_full_match(l, ${literal(logfmtLine.source)}) THEN 'is not made of key=value pairs only.' END`;
  const field = (column: number) => {
    const name = names[column] ?? "";
    // Of a key that a line has more than once the last counts, as in JSON.
    const last = `len(k) + 1 - list_position(list_reverse(k), ${literal(name)})`;
    const value = `x[${last}][${name.length + 2}:]`;
    return `CASE WHEN starts_with(${value}, '"') THEN regexp_replace(${value}[2:-2], '\\\\(.)', '\\1', 'g') ELSE nullif(${value}, '') END`;
  };
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

const mostKeys = 500;
