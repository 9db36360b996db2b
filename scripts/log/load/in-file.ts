import { InvalidInput } from "#churn/failure.ts";
import { type ColumnSource, columnName, type Records } from "../records/records.ts";
import type { Columns } from "./plan.ts";

/** How a column is called in messages. */
export function nameIn(records: Records, column: ColumnSource | undefined): string {
  return column === undefined
    ? ""
    : [column]
        .flat()
        .map((one) => columnName(records, one))
        .join(" and ");
}

/** The columns of the first file in another: by name where both have names, else by place. */
export function inFile(columns: Columns, first: Records, own: Records): Columns {
  if (own === first) return columns;
  const find = (column: number): number => {
    if (first.names === undefined || own.names === undefined) {
      if (column < own.width) return column;
    } else {
      const name = first.names[column] ?? "";
      const same = own.names[column] === name ? column : own.names.indexOf(name);
      if (same >= 0) return same;
    }
    throw new InvalidInput(
      `Cannot read ${own.path} together with ${first.path}: it has no column ${columnName(first, column)}. Import it by itself.`,
    );
  };
  const optional = (column: number | undefined) => (column === undefined ? undefined : find(column));
  const { time } = columns;
  return {
    user: find(columns.user),
    time: typeof time === "number" ? find(time) : [find(time[0]), find(time[1])],
    action: optional(columns.action),
    value: optional(columns.value),
    id: optional(columns.id),
    passive: optional(columns.passive),
  };
}
