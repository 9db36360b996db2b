import { joinedSql } from "./clock.ts";
import type { ColumnSource } from "./records.ts";

/** What follows in a SELECT for the columns asked for: `, … AS c0, … AS c1`. `field` is the SQL for a column by its position. */
export function columnsSql(columns: readonly ColumnSource[], field: (column: number) => string): string {
  return columns.map((column, i) => `, ${joined(column, field)} AS c${i}`).join("");
}

/** A column, or of two, a date and a time of day, the text with a blank between. */
function joined(column: ColumnSource, field: (column: number) => string): string {
  return typeof column === "number"
    ? field(column)
    : joinedSql(field(column.date), field(column.clock), column.writing);
}
