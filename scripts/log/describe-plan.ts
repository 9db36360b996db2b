import type { Table } from "./columns/table.ts";
import type { Plan } from "./load/plan.ts";
import { type ColumnSource, sourceName } from "./records/records.ts";

/** The columns in words, to be shown before use: `customer_id → user, date → time (yyyymmdd), …`. */
export function describePlan({ columns, time, number, actionName }: Plan, table: Table, isNamed: boolean): string {
  const shown = (source: ColumnSource | undefined, role: string) =>
    source === undefined ? [] : [`${sourceName(table, source)} → ${role}`];
  const found = [
    ...shown(columns.user, "user"),
    ...shown(columns.time, `time (${time.name})`),
    ...shown(columns.action, "action"),
    ...shown(columns.value, number.name === "" ? "value" : `value (${number.name})`),
    ...shown(columns.id, "event id"),
    ...shown(columns.passive, "passive"),
  ].join(", ");
  if (columns.action !== undefined) return found;
  if (isNamed) return `${found}; every line counts as «${actionName}»`;
  return `${found}; no action column: every line counts as «${actionName}»`;
}
