import { joinedSql, partsSql } from "./clock.ts";
import type { ColumnSource } from "./records.ts";

/** What follows in a SELECT for the columns asked for: `, … AS c0, … AS c1`. `field` is the SQL for a column by its position. */
export function columnsSql(columns: readonly ColumnSource[], field: (column: number) => string): string {
  return columns.map((column, i) => `, ${joined(column, field)} AS c${i}`).join("");
}

/** A column, or the text of several. */
function joined(column: ColumnSource, field: (column: number) => string): string {
  if (typeof column === "number") return field(column);
  return "clock" in column
    ? joinedSql(joined(column.date, field), field(column.clock), column.writing)
    : partsSql(field(column.year), field(column.month), column.day === undefined ? "'1'" : field(column.day));
}
