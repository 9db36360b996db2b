import { literal } from "../sql/literal.ts";

/** A text that a spreadsheet is to keep as it is, zeros before a number among it: ="00123". */
const formula = '^="([^"]*)"$';
const formulaPattern = new RegExp(formula);

/** Whether any of the cells is written so. */
export function haveFormulas(rows: readonly (readonly (string | null)[])[]): boolean {
  return rows.some((row) => row.some((cell) => cell !== null && formulaPattern.test(cell)));
}

/** What the formula says; other texts stay as they are. */
export function plainCell(cell: string): string {
  return cell.replace(formulaPattern, "$1");
}

/** `plainCell` in SQL. */
export function plainCellSql(cell: string): string {
  return `regexp_replace(${cell}, ${literal(formula)}, '\\1')`;
}
