import type { Day } from "./day.ts";
import type { ChurnDefinition } from "./definition.ts";
import type { UserHistory } from "./user-history.ts";

/** Where a user stands at a snapshot: still here, or lapsed since the start of a day. Only who is here can leave. */
export type Standing = { readonly state: "here" } | { readonly state: "lapsed"; readonly since: Day };

export type UserState = Standing["state"];

/** Where the user stands at the start of day `at`; undefined for one who was never seen before it. */
export function standingAt({ days }: UserHistory, at: Day, churn: ChurnDefinition): Standing | undefined {
  const last = days[indexOf(at, days) - 1];
  if (last === undefined) return undefined;
  return isSilent(at - last.day, churn)
    ? { state: "lapsed", since: last.day + churn.churnDays + 1 }
    : { state: "here" };
}

/** Whether the user is one that a model learns from, is judged on and scores at the start of day `at`. */
export function isHere(history: UserHistory, at: Day, churn: ChurnDefinition): boolean {
  return standingAt(history, at, churn)?.state === "here";
}

/** Whether a user has lapsed whose last action was the given number of days before the snapshot. */
export function isSilent(daysSinceLast: number, { churnDays }: ChurnDefinition): boolean {
  return daysSinceLast > churnDays;
}

/** Whether the user has no action in the churn window, which begins `leadDays` after the start of day `at`. */
export function hasChurned({ days }: UserHistory, at: Day, { churnDays, leadDays }: ChurnDefinition): boolean {
  const next = days[indexOf(at + leadDays, days)];
  return next === undefined || next.day >= at + leadDays + churnDays;
}

/** Where the first of the days that is not before `day` stands. */
function indexOf(day: Day, days: UserHistory["days"]): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle]?.day ?? Number.POSITIVE_INFINITY) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
