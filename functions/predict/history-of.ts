import { type Action, actionId } from "#churn/action.ts";
import { dayOf } from "#churn/day.ts";
import type { UserDay, UserHistory } from "#churn/user-history.ts";

/**
 * Rolls up one user's actions, in any order, as the action log does: an action that stands twice counts once, and a
 * passive one not at all.
 */
export function historyOf(userId: string, actions: readonly Action[]): UserHistory {
  const days = new Map<string, UserDay>();
  const seen = new Set<string>();
  for (const action of actions) {
    const id = actionId(action);
    if (seen.has(id)) continue;
    seen.add(id);
    if (action.passive === true) continue;
    const day = dayOf(action.time);
    const key = `${day} ${action.action}`;
    const former = days.get(key);
    days.set(key, {
      day,
      action: action.action,
      count: (former?.count ?? 0) + 1,
      value: (former?.value ?? 0) + (action.value ?? 0),
    });
  }
  return { userId, days: [...days.values()].sort(byDayAndAction) };
}

function byDayAndAction(a: UserDay, b: UserDay): number {
  return a.day - b.day || (a.action < b.action ? -1 : a.action > b.action ? 1 : 0);
}
