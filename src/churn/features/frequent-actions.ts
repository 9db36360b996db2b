import type { ChurnDefinition } from "../definition.ts";

/** How many users did an action at all. */
export interface ActionUsers {
  readonly action: string;
  readonly users: number;
}

/** A feature that is nearly always 0 teaches little and costs as much as any other. */
const leastShare = 0.05;
const most = 12;

/**
 * The actions that get features of their own: those that at least 5 % of all users did, the 12 of most users at most
 * (ties by name). None where the log knows one action only: the features of all actions say the same. The action that
 * churn is has none: who is here has not done it.
 */
export function frequentActions(
  frequencies: readonly ActionUsers[],
  users: number,
  churn: Pick<ChurnDefinition, "action"> = {},
): string[] {
  const others = frequencies.filter(({ action }) => action !== churn.action);
  if (others.length <= 1) return [];
  return others
    .filter((frequency) => frequency.users >= leastShare * users)
    .toSorted((a, b) => b.users - a.users || (a.action < b.action ? -1 : 1))
    .slice(0, most)
    .map(({ action }) => action);
}
