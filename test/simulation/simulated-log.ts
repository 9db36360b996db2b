import type { Action } from "#churn/action.ts";
import { type Day, dayOf } from "#churn/day.ts";
import type { FeatureDefinition } from "#churn/definition.ts";
import { frequentActions } from "#churn/features/frequent-actions.ts";
import type { UserDay, UserHistory } from "#churn/user-history.ts";
import { type GenerateOptions, generateActions } from "#scripts/generate/generate-actions.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { extentOf } from "#stores/actions/extent-of.ts";

/** What training reads of a log. */
export type ReadableLog = Pick<ActionStore, "extent" | "histories">;

/** A synthetic log by its user-days, in memory. */
export function simulateHistories(options: GenerateOptions): UserHistory[] {
  const log = new GrowingLog();
  for (const actions of generateActions(options)) log.add(actions);
  return log.histories();
}

/** A log that actions are added to, by its user-days. */
export class GrowingLog {
  readonly #users = new Map<string, Map<string, UserDay>>();

  add(actions: readonly Action[]): void {
    for (const action of actions) count(this.#users, action);
  }

  histories(): UserHistory[] {
    return Array.from(this.#users, ([userId, days]) => historyOf(userId, days.values()));
  }
}

/** A user's days in the order that histories have. */
export function historyOf(userId: string, days: Iterable<UserDay>): UserHistory {
  return { userId, days: [...days].sort((a, b) => a.day - b.day || (a.action < b.action ? -1 : 1)) };
}

/** A log as it was on the morning of a day: what was done before it. */
export function asOf(histories: readonly UserHistory[], morning: Day): UserHistory[] {
  return histories.flatMap(({ userId, days }) => {
    const known = days.filter(({ day }) => day < morning);
    return known.length === 0 ? [] : [{ userId, days: known }];
  });
}

export function logOf(histories: readonly UserHistory[]): ReadableLog {
  return {
    extent: async () => {
      const byDay = new Map<Day, number>();
      for (const { days } of histories)
        for (const { day, count: actions } of days) byDay.set(day, (byDay.get(day) ?? 0) + actions);
      return extentOf(
        histories.length,
        Array.from(byDay, ([day, actions]) => ({ day, actions })),
      );
    },
    histories: async function* () {
      yield* histories;
    },
  };
}

/** The definition that the function features would give a log. */
export function definitionOf(churn: FeatureDefinition["churn"], histories: readonly UserHistory[]): FeatureDefinition {
  const users = new Map<string, number>();
  for (const { days } of histories)
    for (const action of new Set(days.map((day) => day.action))) users.set(action, (users.get(action) ?? 0) + 1);
  const frequencies = Array.from(users, ([action, of]) => ({ action, users: of }));
  return { churn, actions: frequentActions(frequencies, histories.length) };
}

function count(users: Map<string, Map<string, UserDay>>, { userId, action, time, value = 0 }: Action): void {
  const day = dayOf(time);
  const days = users.get(userId) ?? new Map<string, UserDay>();
  users.set(userId, days);
  const key = `${day} ${action}`;
  const before = days.get(key);
  days.set(key, { day, action, count: (before?.count ?? 0) + 1, value: (before?.value ?? 0) + value });
}
