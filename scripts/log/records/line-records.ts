import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { blankCharacters, linesByNumber, type Survey } from "./lines.ts";
import { type ColumnSource, notRecords, type Records } from "./records.ts";
import { sampleOf } from "./sample.ts";

interface TakenApart
  extends Partial<Pick<Records, "notes" | "firstLine" | "setAside">>,
    Pick<Records, "names" | "width"> {
  /** SQL for the rows: the line as `l`, and what `faults` and `field` use. */
  readonly rows: string;
  /** The branches of a CASE that tell what is wrong with a line that is not blank. */
  readonly faults: string;
  /** SQL for a column by its position. */
  readonly field: (column: number) => string;
}

/** Records of a file that has one on each line, taken apart by SQL. */
export async function lineRecords(
  source: Source,
  survey: Survey,
  { rows, faults, field, names, width, notes = [], firstLine = 1, setAside = {} }: TakenApart,
  scratch: Scratch,
): Promise<Records> {
  const fault = `CASE WHEN l IS NULL OR trim(l, ${blankCharacters}) = '' THEN ${literal(notRecords.blank)} ${faults} END`;
  const select = (columns: readonly ColumnSource[]) =>
    `SELECT NULL::BIGINT AS line, ${fault} AS fault${columnsSql(columns, field)} FROM ${rows}`;
  return {
    path: source.path,
    unit: "line",
    hasLines: false,
    isTyped: false,
    names,
    width,
    notes,
    sample: await sampleOf(select, width, scratch),
    select,
    firstLine,
    linesRead: survey.lines,
    setAside,
    textOf: (lines) => linesByNumber(source, scratch, lines),
  };
}
