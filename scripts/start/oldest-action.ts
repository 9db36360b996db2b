import { formatDay, startOf } from "#churn/day.ts";
import { oldestMilliseconds } from "#churn/intake/read-time.ts";
import type { Environment } from "#runtime/config.ts";
import type { LogExtent } from "#stores/actions/action-store.ts";

/** The environment, with a log that began long ago as old as actions may be: more of it must be welcome. */
export function withOldestAction(environment: Environment, extent: LogExtent | undefined, now: number): Environment {
  if (extent === undefined || startOf(extent.firstDay) >= now - oldestMilliseconds) return environment;
  return { ...environment, OLDEST_ACTION: environment.OLDEST_ACTION || formatDay(extent.firstDay) };
}
