import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { lineRecords } from "./line-records.ts";
import { linesOf, type Survey } from "./lines.ts";
import type { Records } from "./records.ts";

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
  const faults = `WHEN NOT regexp_full_match(l, ${literal(logfmtLine.source)}) THEN 'is not made of key=value pairs only.'`;
  const field = (column: number) => {
    const name = names[column] ?? "";
    // Of a key that a line has more than once the last counts, as in JSON.
    const last = `len(k) + 1 - list_position(list_reverse(k), ${literal(name)})`;
    const value = `x[${last}][${name.length + 2}:]`;
    return `CASE WHEN starts_with(${value}, '"') THEN regexp_replace(${value}[2:-2], '\\\\(.)', '\\1', 'g') ELSE nullif(${value}, '') END`;
  };
  return lineRecords(source, survey, { rows, faults, field, names, width: names.length }, scratch);
}

const mostKeys = 500;
