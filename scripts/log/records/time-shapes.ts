import { isLikelyTime } from "../reading/likely-time.ts";

/** A column in which rows have times, and how they are written there. */
export interface TimeColumn {
  readonly column: number;
  readonly shapes: readonly string[];
}

/** The columns in which many of these rows have a time: some may be comments, or lines within a text. */
export function timeColumns(rows: readonly (readonly (string | null)[])[]): TimeColumn[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) => column).flatMap((column) => {
    const times = rows.map((row) => row[column] ?? "").filter(isLikelyTime);
    if (times.length === 0 || 4 * times.length < rows.length) return [];
    return [{ column, shapes: [...new Set(times.map((time) => shapeOf(time.trim())))] }];
  });
}

/** How a text is written: each number as 9 and each word as a. */
export function shapeOf(text: string): string {
  return text.replace(/\d+/g, "9").replace(/[A-Za-z]+/g, "a");
}

/** `shapeOf` in SQL. */
export function shapeSql(text: string): string {
  return `regexp_replace(regexp_replace(${text}, '[0-9]+', '9', 'g'), '[A-Za-z]+', 'a', 'g')`;
}
