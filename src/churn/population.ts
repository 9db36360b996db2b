import type { Day } from "./day.ts";
import type { ChurnDefinition } from "./definition.ts";
import { isPassive } from "./passive.ts";
import type { UserDay, UserHistory } from "./user-history.ts";

/** Where a user stands at a snapshot: still here, or lapsed since the start of a day. Only who is here can leave. */
export type Standing = { readonly state: "here" } | { readonly state: "lapsed"; readonly since: Day };

export const userStates = ["here", "lapsed"] as const satisfies readonly Standing["state"][];
export type UserState = (typeof userStates)[number];

/** Where the user stands at the start of day `at`; undefined for one who was never seen before it. */
export function standingAt({ days }: UserHistory, at: Day, churn: ChurnDefinition): Standing | undefined {
  const end = indexOf(at, days);
  const last = lastOwn(days, end, churn);
  if (last === undefined) return undefined;
  if (churn.action !== undefined) {
    const left = leftOn(days, end, churn);
    return left === undefined ? here : { state: "lapsed", since: left };
  }
  return isSilent(at - last.day, churn) ? { state: "lapsed", since: last.day + churn.churnDays + 1 } : here;
}

/** Whether the user is one that a model learns from, is judged on and scores at the start of day `at`. */
export function isHere(history: UserHistory, at: Day, churn: ChurnDefinition): boolean {
  return standingAt(history, at, churn)?.state === "here";
}

/** Days from the last own action before day `at` to its start, at least 1; undefined for a user who was never seen before it. */
export function daysSinceLast({ days }: UserHistory, at: Day, churn: ChurnDefinition): number | undefined {
  const last = lastOwn(days, indexOf(at, days), churn);
  return last === undefined ? undefined : at - last.day;
}

/** Whether a user has lapsed, by silence, whose last action was the given number of days before the snapshot. */
export function isSilent(silence: number, { churnDays, action }: ChurnDefinition): boolean {
  return action === undefined && silence > churnDays;
}

/**
 * Whether a user who is here at the start of day `at` churns: has no action in the churn window, which begins `leadDays`
 * after it; or does in it what churn is, where that is an action. Undefined for who does that in the lead already, and
 * so can neither stay nor leave in the window.
 */
export function hasChurned({ days }: UserHistory, at: Day, churn: ChurnDefinition): boolean | undefined {
  const { churnDays, leadDays, action } = churn;
  const from = indexOf(at + leadDays, days);
  const before = at + leadDays + churnDays;
  if (action === undefined) {
    for (let i = from; (days[i]?.day ?? before) < before; i++) if (isOwn(days[i], churn)) return false;
    return true;
  }
  if (leadDays > 0 && leftOn(days, from, churn) !== undefined) return undefined;
  for (let i = from; (days[i]?.day ?? before) < before; i++) if (isLeaving(days, i, churn)) return true;
  return false;
}

const here: Standing = { state: "here" };

/** The last day among the first `end` on which the user did something. */
function lastOwn(days: readonly UserDay[], end: number, churn: ChurnDefinition): UserDay | undefined {
  for (let i = end - 1; i >= 0; i--) if (isOwn(days[i], churn)) return days[i];
  return undefined;
}

function isOwn(userDay: UserDay | undefined, { passive }: ChurnDefinition): boolean {
  return userDay !== undefined && !isPassive(userDay.action, passive);
}

/** The first day, of the first `end`, on which the user left by the churn action, and has not returned since. */
function leftOn(days: readonly UserDay[], end: number, churn: ChurnDefinition): Day | undefined {
  let left: Day | undefined;
  for (let i = 0; i < end; i++) {
    if (left === undefined && isLeaving(days, i, churn)) left = days[i]?.day;
    if (churn.returnAction !== undefined && days[i]?.action === churn.returnAction) left = undefined;
  }
  return left;
}

/**
 * Whether the user left by the action at `index`. Not if they returned on the same day, as when they change from one
 * plan to another: user-days do not tell which came first.
 */
function isLeaving(days: readonly UserDay[], index: number, { action, returnAction }: ChurnDefinition): boolean {
  const day = days[index];
  if (day === undefined || day.action !== action) return false;
  if (returnAction === undefined) return true;
  for (let i = index - 1; days[i]?.day === day.day; i--) if (days[i]?.action === returnAction) return false;
  for (let i = index + 1; days[i]?.day === day.day; i++) if (days[i]?.action === returnAction) return false;
  return true;
}

/** Where the first of the days that is not before `day` stands. */
function indexOf(day: Day, days: readonly UserDay[]): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle]?.day ?? Number.POSITIVE_INFINITY) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
