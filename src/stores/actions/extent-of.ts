import { bulkOf, type DayCount } from "#churn/bulk.ts";
import type { LogExtent } from "./action-store.ts";

/** What a log covers, by its days with their actions; undefined where there are none. */
export function extentOf(users: number, days: readonly DayCount[]): LogExtent | undefined {
  const bulk = bulkOf(days);
  if (bulk === undefined) return undefined;
  const { firstDay, lastDay, before, beyond } = bulk;
  const actions = days.reduce((sum, day) => sum + day.actions, 0);
  const outside = before + beyond;
  return { actions, users, firstDay, lastDay, ...(outside > 0 && { outside }) };
}
