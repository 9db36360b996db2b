import { isUserHeading, knownNames } from "#churn/intake/role-names.ts";
import { isAbsent } from "#churn/intake/text.ts";
import { isLikelyTime } from "../reading/likely-time.ts";
import { literal } from "../sql/literal.ts";
import { type ColumnSource, notRecords, otherOrder, placesOf } from "./records.ts";
import { shapeOf } from "./time-shapes.ts";

export interface HeaderChoice {
  /** --no-header, --header, or neither. */
  readonly header?: boolean | undefined;
}

export interface Header {
  readonly isHeader: boolean;
  readonly notes: readonly string[];
}

/**
 * Whether the first of these rows names the columns. It is a row like the others where it holds a time in a column in
 * which they hold times, however its texts read.
 */
export function hasHeader(rows: readonly (readonly (string | null)[])[], { header }: HeaderChoice): Header {
  const [first, ...others] = rows;
  if (first === undefined || header === false) return { isHeader: false, notes: [] };
  // A list of users: none of them may be taken for a heading.
  if (header === undefined && rows.every((row) => row.length <= 1)) {
    const next = others.map(([cell]) => cell ?? "").find((cell) => cell.trim() !== "");
    return { isHeader: isUserHeading(first[0] ?? "", next ?? ""), notes: [] };
  }
  const isRow = first.some((cell, column) => isTimeLikeBelow(cell, column, others));
  if (header === true || !isRow)
    return {
      isHeader: true,
      notes:
        header === true || knownNames(first.map((cell) => cell ?? "")) > 0 || !looksLikeRow(first, others)
          ? []
          : [
              `The first line is read as the header: ${first
                .map((cell) => cell ?? "")
                .join(", ")
                .slice(0, 80)}. Use --no-header if it is a row.`,
            ],
    };
  return {
    isHeader: false,
    notes: [
      "The first line is read as a row, because it has a time where the other lines have one. Use --header if it names the columns.",
    ],
  };
}

/** Whether a row with these fields can only be a header: several are names of columns, and none is a time. */
export function namesColumns(cells: readonly string[]): boolean {
  return knownNames(cells) > 1 && !cells.some(isLikelyTime);
}

/**
 * SQL for the fault of a row that is the header once more, as in files that were put together, perhaps with the mark of
 * an encoding before it, or that names the columns in another order; of those columns that are asked for, so that no others
 * are read.
 */
export function headerFault(header: readonly (string | null)[] | undefined, columns: readonly ColumnSource[]): string {
  const used = [...new Set(columns.flatMap(placesOf))].filter((column) => (header?.[column] ?? "") !== "");
  // A single column may hold its own name.
  if (used.length < 2) return "NULL::VARCHAR";
  const isSame = used.map((column) => {
    const name = header?.[column] ?? "";
    return column === 0 ? `f0 IN (${literal(name)}, ${literal(`\ufeff${name}`)})` : `f${column} = ${literal(name)}`;
  });
  const names = (header ?? []).flatMap((name) => (name === null || name === "" ? [] : [literal(name)]));
  // DuckDB makes a join of each IN, which for the columns of a wide file takes more memory than there is.
  const isName = used.map(
    (column) => `list_contains([${names.join(", ")}], ${column === 0 ? "ltrim(f0, chr(65279))" : `f${column}`})`,
  );
  return `CASE WHEN ${isSame.join(" AND ")} THEN ${literal(notRecords.header)} WHEN ${isName.join(" AND ")} THEN ${literal(otherOrder)} END`;
}

function isTimeLikeBelow(
  cell: string | null,
  column: number,
  others: readonly (readonly (string | null)[])[],
): boolean {
  if (cell === null || !isLikelyTime(cell)) return false;
  const below = others.slice(0, 50).map((row) => row[column] ?? "");
  const times = below.filter(isLikelyTime).length;
  return below.length === 0 || 2 * times >= below.length;
}

/** Whether every cell has a text like those below it: as long, and as much of digits. */
function looksLikeRow(first: readonly (string | null)[], others: readonly (readonly (string | null)[])[]): boolean {
  return first.every((cell, column) => {
    const below = others.slice(0, 50).map((row) => row[column] ?? "");
    return (
      cell !== null &&
      !isAbsent(cell.trim()) &&
      (/\d/.test(cell) || below.includes(cell)) &&
      below.some((text) => shapeOf(text) === shapeOf(cell))
    );
  });
}
