import type { Day } from "./day.ts";

/** What was done on a day. */
export interface DayCount {
  readonly day: Day;
  readonly actions: number;
}

export interface Bulk {
  /** The first day of the log's bulk. */
  readonly firstDay: Day;
  /** Actions before it. */
  readonly before: number;
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

/** Clocks that were never set begin a log years before the rest of it, with at most this share of its actions. */
const mostBefore = 0.001;
const longestGap = 365;

/**
 * Where the bulk of a log begins and ends. It ends with its last day, unless that is the end of a tail that a few wrong clocks make, of less than
 * a tenth of the pace of the four weeks before it and 5 % of all actions. A row months ahead moves nothing, and neither
 * do two users in a hundred whose clocks are a month fast. It begins with its first day, unless a year without any action
 * follows on a thousandth of all. Undefined for a log without actions; days in any order.
 */
export function bulkOf(counts: readonly DayCount[]): Bulk | undefined {
  const days = counts.filter(({ actions }) => actions > 0).sort((a, b) => a.day - b.day);
  const last = days.at(-1);
  if (last === undefined) return undefined;
  const total = days.reduce((sum, { actions }) => sum + actions, 0);
  const start = startOfBulk(days, total);
  let best: Bulk = { ...start, lastDay: last.day, beyond: 0 };
  let beyond = 0;
  // From the end on, as long as what has been passed may still be a tail.
  for (let at = days.length - 2; at >= 0; at--) {
    beyond += days[at + 1]?.actions ?? 0;
    if (beyond > mostBeyond * total) break;
    const day = days[at]?.day ?? last.day;
    if (isTail(days, at, last.day, beyond)) best = { ...start, lastDay: day, beyond };
  }
  return best;
}

function startOfBulk(days: readonly DayCount[], total: number): Pick<Bulk, "firstDay" | "before"> {
  let start = { firstDay: days[0]?.day ?? 0, before: 0 };
  let before = 0;
  for (let at = 1; at < days.length; at++) {
    before += days[at - 1]?.actions ?? 0;
    if (before > mostBefore * total) break;
    const [former, day] = [days[at - 1]?.day ?? 0, days[at]?.day ?? 0];
    if (day - former > longestGap) start = { firstDay: day, before };
  }
  return start;
}

/** Whether days[at] is an end after which the log goes on at a small share of its pace. */
function isTail(days: readonly DayCount[], at: number, lastDay: Day, beyond: number): boolean {
  const end = days[at]?.day ?? 0;
  const pace = perDay(days, at, end);
  const length = lastDay - end;
  if (length < leastDays) return false;
  if (pace * length < leastExpected || beyond >= leastShare * pace * length) return false;
  // The first week after it alone as well, and none of its days: a log that only fades, or breaks off within a day, has
  // no end there.
  const week = Math.min(7, length);
  let near = 0;
  for (let i = at + 1; (days[i]?.day ?? Number.POSITIVE_INFINITY) <= end + week; i++) {
    const actions = days[i]?.actions ?? 0;
    if (actions > Math.max(3, pace / 4)) return false;
    near += actions;
  }
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
