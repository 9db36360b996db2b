import type { Day } from "./day.ts";

/** What was done on a day. */
export interface DayCount {
  readonly day: Day;
  readonly actions: number;
}

export interface Bulk {
  /** The last day of the log's bulk. */
  readonly lastDay: Day;
  /** Actions after it. */
  readonly beyond: number;
}

/** Days before a possible end by which the log's usual pace is told. */
const paceDays = 28;
/** A tail of less than this share of the usual pace is of wrong clocks. */
const leastShare = 0.1;
/** A last day that has only begun is no tail. */
const leastDays = 2;
/** Up to this many days, a tail must be less than half of any stretch as long in the weeks before: a weekend is not. */
const rhythmDays = 14;
/** Actions that the tail must have had at the usual pace, for its few to tell anything. */
const leastExpected = 20;
/** Of all actions, at most this share may be called wrong. */
const mostBeyond = 0.05;

/**
 * Where the bulk of a log ends: its last day, unless that is the end of a tail that a few wrong clocks make, of less than
 * a tenth of the pace of the four weeks before it and 5 % of all actions. A row months ahead moves nothing, and neither
 * do two users in a hundred whose clocks are a month fast. Undefined for a log without actions; days in any order.
 */
export function bulkOf(counts: readonly DayCount[]): Bulk | undefined {
  const days = counts.filter(({ actions }) => actions > 0).sort((a, b) => a.day - b.day);
  const last = days.at(-1);
  if (last === undefined) return undefined;
  const total = days.reduce((sum, { actions }) => sum + actions, 0);
  let best: Bulk = { lastDay: last.day, beyond: 0 };
  let beyond = 0;
  // From the end on, as long as what has been passed may still be a tail.
  for (let at = days.length - 2; at >= 0; at--) {
    beyond += days[at + 1]?.actions ?? 0;
    if (beyond > mostBeyond * total) break;
    const day = days[at]?.day ?? last.day;
    if (isTail(days, at, last.day, beyond)) best = { lastDay: day, beyond };
  }
  return best;
}

/** Whether days[at] is an end after which the log goes on at a small share of its pace. */
function isTail(days: readonly DayCount[], at: number, lastDay: Day, beyond: number): boolean {
  const end = days[at]?.day ?? 0;
  const pace = perDay(days, at, end);
  const length = lastDay - end;
  if (length < leastDays) return false;
  if (pace * length < leastExpected || beyond >= leastShare * pace * length) return false;
  // Each of the first weeks after it alone as well: a log that only fades has no end there.
  const week = Math.min(7, length);
  let near = 0;
  for (let i = at + 1; (days[i]?.day ?? Number.POSITIVE_INFINITY) <= end + week; i++) near += days[i]?.actions ?? 0;
  return near < leastShare * pace * week && (length > rhythmDays || 2 * beyond < leastStretch(days, at, end, length));
}

/** The fewest actions of any stretch of `length` days within eight weeks before the end of a day. */
function leastStretch(days: readonly DayCount[], at: number, end: Day, length: number): number {
  const weeks = 56;
  const byDay = new Map<Day, number>();
  for (let i = at; i >= 0; i--) {
    const day = days[i];
    if (day === undefined || day.day <= end - weeks) break;
    byDay.set(day.day, day.actions);
  }
  const from = Math.max(end - weeks + 1, days[0]?.day ?? end);
  let least = Number.POSITIVE_INFINITY;
  for (let start = from; start + length - 1 <= end; start++) {
    let sum = 0;
    for (let day = start; day < start + length; day++) sum += byDay.get(day) ?? 0;
    least = Math.min(least, sum);
  }
  return least;
}

/** Actions a day in the four weeks that end with a day. */
function perDay(days: readonly DayCount[], at: number, end: Day): number {
  let sum = 0;
  for (let i = at; i >= 0; i--) {
    const day = days[i];
    if (day === undefined || day.day <= end - paceDays) break;
    sum += day.actions;
  }
  const first = Math.max(end - paceDays + 1, days[0]?.day ?? end);
  return sum / Math.max(7, end - first + 1);
}
