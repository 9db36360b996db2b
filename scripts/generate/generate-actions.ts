import type { Action } from "#churn/action.ts";
import type { Day } from "#churn/day.ts";
import { randomFrom } from "#churn/random.ts";
import { type Draws, drawsFrom } from "./draws.ts";
import { isActive, liveThrough, rhythmOf, winBack } from "./life.ts";
import { newUser, type User } from "./user.ts";
import { visit } from "./visit.ts";

export interface GenerateOptions {
  /** Everyone who ever appears, at least 1. */
  readonly users: number;
  /** Length of the log in months of 30.44 days, at least a fraction. */
  readonly months: number;
  /** The last day of the log. */
  readonly endDay: Day;
  readonly seed: string | number;
  /**
   * Users who come on a day whatever they meant to do, even if they had left, and live on as one who has not decided to leave:
   * what a campaign does. By default none.
   */
  readonly wonBackOn?: ((day: Day) => ReadonlySet<string>) | undefined;
}

/** A part of all users is there when the log begins; the others arrive evenly over its length. */
const presentAtStart = 0.45;

/** What happens on one day of the simulation. */
export interface SimulatedDay {
  readonly day: Day;
  /** In time order. */
  readonly actions: readonly Action[];
  /** Everyone who has come by the evening and has not gone, as they are then; the same objects live on the next day. */
  readonly present: readonly User[];
}

/**
 * A synthetic log of a subscription product, day by day and in time order; the same options always give the same log.
 * People of several kinds arrive, come back in a weekly rhythm, pause, and leave: some fade out and some stop at
 * once, more easily when new, in a low mood, or with a support ticket that nobody answered. Some of what they do
 * foretells that and some does not, and much of the chance in it is just chance. Memory is that of the users and
 * of one day.
 */
export function* generateActions(options: GenerateOptions): Generator<readonly Action[]> {
  for (const { actions } of generateDays(options)) yield actions;
}

/** The same, with the people who act. */
export function* generateDays(options: GenerateOptions): Generator<SimulatedDay> {
  const draws = drawsFrom(randomFrom(options.seed));
  const length = daysIn(options);
  const startDay = options.endDay - length + 1;
  const waiting = arrivals(options.users, startDay, length, draws);
  let present: User[] = [];
  const gone = new Map<string, User>();
  for (let day = startDay; day <= options.endDay; day++) {
    for (let next = waiting.at(-1); next !== undefined && next.arrival <= day; next = waiting.at(-1)) {
      present.push(next);
      waiting.pop();
    }
    const actions: Action[] = [];
    const wonBack = options.wonBackOn?.(day) ?? none;
    for (const userId of wonBack) {
      const user = gone.get(userId);
      if (user !== undefined && gone.delete(userId)) present.push(user);
    }
    const rhythm = rhythmOf(day);
    for (const user of present) {
      liveThrough(user, day, draws);
      if (wonBack.has(user.id)) {
        winBack(user, day);
        visit(user, day, draws, actions);
      } else if (isActive(user, day, rhythm, draws)) visit(user, day, draws, actions);
    }
    for (const user of present) if (user.gone) gone.set(user.id, user);
    present = present.filter((user) => !user.gone);
    yield { day, actions: actions.sort((a, b) => a.time - b.time), present };
  }
}

const none: ReadonlySet<string> = new Set();

/** Days that the log covers. */
export function daysIn({ months }: GenerateOptions): number {
  return Math.max(1, Math.round(months * 30.44));
}

/** All users, the first to arrive at the end of the list. */
function arrivals(count: number, startDay: Day, length: number, draws: Draws): User[] {
  const width = String(count).length;
  const days = Array.from({ length: count }, () =>
    draws.chance(presentAtStart)
      ? startDay - Math.floor(draws.exponential(150))
      : startDay + Math.floor(draws.uniform() * length),
  ).sort((a, b) => a - b);
  return days.map((day, index) => newUser(`user-${String(index + 1).padStart(width, "0")}`, day, draws)).reverse();
}
