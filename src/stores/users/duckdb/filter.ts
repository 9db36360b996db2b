import { DOUBLE, type DuckDBType, type DuckDBValue, VARCHAR } from "@duckdb/node-api";
import type { ListMove, ListState } from "#churn/list/listed-user.ts";
import { type Place, unknownKey } from "../cursor.ts";
import type { UserFilter, UserOrder } from "../user-list.ts";

/** A condition in SQL with `?` for each of its parameters. */
export interface Condition {
  readonly where: string;
  /** Their values and types: by its value alone, a whole number would be taken for an integer. */
  readonly parameters: [values: DuckDBValue[], types: DuckDBType[]];
}

export function conditionOf(filter: UserFilter, order: UserOrder, after?: Place): Condition {
  const parts: [sql: string, ...parameters: (string | number | undefined)[]][] = [
    [filter.state === undefined ? "true" : states[filter.state]],
    [filter.moved === undefined ? "true" : moves[filter.moved]],
    [filter.untold === undefined ? "true" : untold[filter.untold]],
    ["probability >= ?", filter.minProbability],
    ["probability <= ?", filter.maxProbability],
    ["value >= ?", filter.minValue],
    ["value <= ?", filter.maxValue],
    ["silence >= ?", filter.minSilence],
    ["silence <= ?", filter.maxSilence],
    ["tenure >= ?", filter.minTenure],
    ["tenure <= ?", filter.maxTenure],
    ["list_contains(reason_groups, ?)", filter.reason],
    ["starts_with(user_id, ?)", filter.idPrefix],
  ];
  const key = keyIn(order);
  if (after !== undefined && order === "user_id") parts.push(["user_id > ?", after.userId]);
  else if (after !== undefined)
    parts.push([`(${key} < ? OR (${key} = ? AND user_id > ?))`, after.key, after.key, after.userId]);
  const used = parts.filter(([, ...parameters]) => parameters.every((parameter) => parameter !== undefined));
  const given = used.flatMap(([, ...parameters]) => parameters.map((parameter) => parameter ?? null));
  return {
    where: used.map(([sql]) => sql).join(" AND "),
    parameters: [given, given.map((value) => (typeof value === "string" ? VARCHAR : DOUBLE))],
  };
}

/** What the list is sorted by, in SQL. */
export function sortedBy(order: UserOrder): string {
  return order === "user_id" ? "user_id" : `${keyIn(order)} DESC, user_id`;
}

/** The condition of each state. */
export const states: Readonly<Record<ListState, string>> = {
  here: "state = 'here'",
  slipping: "risk = 'medium'",
  at_risk: "risk = 'high'",
  lapsed: "state = 'lapsed'",
};

/** The condition of each move. */
export const moves = movesFrom(wasAtRisk("listed_users"), "false");

/** The same since the last list that others were told of, where they may hold either after a list that was told of in part. */
const untold = movesFrom(toldAtRisk("listed_users"), "begun_risk IS NOT NULL");

/** False, not unknown, where something is not known. Where `isUnsure`, users may have been at risk before or not. */
function movesFrom(atRiskBefore: string, isUnsure: string): Readonly<Record<ListMove, string>> {
  return {
    entered: `coalesce(risk = 'high' AND (NOT ${atRiskBefore} OR ${isUnsure}), false)`,
    calmed: `coalesce(risk = 'low' AND (${atRiskBefore} OR ${isUnsure}), false)`,
    lost: `(state = 'lapsed' AND (${atRiskBefore} OR ${isUnsure}))`,
  };
}

/** Whether the users of `table` were at risk on the list before: false, not unknown, of those who were not on it. */
export function wasAtRisk(table: string): string {
  return `coalesce(${table}.was_at_risk, ${table}.risk_before = 'high', false)`;
}

/** Whether they were at risk on the last list that others were told of. */
export function toldAtRisk(table: string): string {
  return `coalesce(${table}.told_at_risk, ${wasAtRisk(table)})`;
}

/** What a row is sorted by, in SQL. */
export function keyIn(order: UserOrder): string {
  return `coalesce(${order}, ${unknownKey})`;
}
