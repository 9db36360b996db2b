import { literal } from "../sql/literal.ts";

/** How fields are written, as read_csv takes it. */
export interface Csv {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
}

/** Options of read_csv that are the same wherever these fields are read. */
export function csvOptions(csv: Csv, columns: readonly string[]): string {
  return (
    `delim = ${literal(csv.delimiter)}, quote = ${literal(csv.quote)}, escape = ${literal(csv.escape)}, comment = '', header = false, ` +
    `columns = {${columns.join(", ")}}, auto_detect = false, null_padding = false`
  );
}

/** f0, f1 … as text. */
export function columnsOf(width: number): string[] {
  return Array.from({ length: width }, (_, column) => `'f${column}': 'VARCHAR'`);
}
