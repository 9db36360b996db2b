import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { blankField, unquotedSql } from "./blanks.ts";
import { columnsSql } from "./columns-sql.ts";
import { blankCharacters, linesByNumber, linesOf, type Survey } from "./lines.ts";
import { type ColumnSource, notRecords, type Records } from "./records.ts";
import { sampleOf } from "./sample.ts";

/** The line of W3C's extended log format that names the fields of those below it. */
export const fieldsDirective = "#Fields:";

/**
 * The rows of W3C's extended log format, as IIS and CDNs write it. Its directives begin with # and are comments here;
 * the fields may change wherever the server was restarted, so each line is read by those named last. `-` is nothing.
 */
export async function readExtendedLog(source: Source, survey: Survey, scratch: Scratch): Promise<Records> {
  const lines = scratch.newTable();
  await scratch.run(`CREATE TABLE ${lines} AS SELECT l FROM ${linesOf(source)}`);
  const formats = await formatsOf(lines, scratch);
  const names = [...new Set(formats.flatMap(({ fields }) => fields))];

  const later = formats.slice(1).map(({ from }, at) => `WHEN rowid >= ${from} THEN ${at + 1}`);
  const format = later.length === 0 ? "0" : `CASE ${later.toReversed().join(" ")} ELSE 0 END`;
  const rows = `(SELECT rowid AS n, l, ${format} AS format, regexp_extract_all(l, ${literal(blankField)}) AS x FROM ${lines})`;
  const ofFormat = (sql: (fields: readonly string[]) => string) =>
    `CASE format ${formats.map(({ fields }, at) => `WHEN ${at} THEN ${sql(fields)}`).join(" ")} END`;
  const fault = `CASE WHEN l IS NULL OR trim(l, ${blankCharacters}) = '' THEN ${literal(notRecords.blank)}
    WHEN starts_with(l, '#') THEN ${literal(notRecords.comment)}
    WHEN len(x) <> ${ofFormat(({ length }) => `${length}`)}
      THEN 'has ' || len(x) || ' fields and not ' || ${ofFormat(({ length }) => `${length}`)} || '.' END`;
  const field = (column: number) => {
    const text = ofFormat((fields) => {
      const place = fields.indexOf(names[column] ?? "");
      return place < 0 ? "NULL" : unquotedSql(`x[${place + 1}]`);
    });
    return `nullif(${text}, '-')`;
  };
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT n + 1 AS line, ${fault} AS fault${columnsSql(columns, field)} FROM ${rows} ORDER BY n`;
  const [changed] = formats.slice(1);
  return {
    path: source.path,
    unit: "line",
    hasLines: true,
    isTyped: false,
    names,
    width: names.length,
    notes:
      changed === undefined
        ? []
        : [`The fields change in line ${changed.from + 1}: each line is read by the last #Fields line above it.`],
    sample: await sampleOf(select, names.length, scratch),
    select,
    firstLine: 1,
    linesRead: survey.lines,
    setAside: {},
    textOf: (numbers) => linesByNumber(source, scratch, numbers),
  };
}

interface Format {
  /** The rowid of its directive. */
  readonly from: number;
  readonly fields: readonly string[];
}

/** The formats in their order, each where it differs from the one before. */
async function formatsOf(lines: string, scratch: Scratch): Promise<Format[]> {
  const directives = await scratch.rows(
    `SELECT rowid::DOUBLE, l FROM (SELECT rowid, l, lag(l) OVER (ORDER BY rowid) AS former
       FROM ${lines} WHERE starts_with(l, ${literal(fieldsDirective)})) WHERE l IS DISTINCT FROM former ORDER BY rowid`,
    z.tuple([z.number(), z.string()]),
  );
  return directives.map(([from, line]) => ({
    from,
    fields: line.slice(fieldsDirective.length).trim().split(/\s+/),
  }));
}
