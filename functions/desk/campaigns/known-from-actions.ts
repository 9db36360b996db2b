import type { Assignment } from "#churn/campaign/campaign.ts";
import { dayOf } from "#churn/day.ts";
import { ownHistory } from "#churn/passive.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";

/** The names of what `knownFromActions` adds: as of the members of an audience. */
export const knownNames = ["days since the last action", "days since the first action", "active days"] as const;

/** How many windows before the assignment are looked at, as features do. */
const windows = 4;

/**
 * Adds what the actions tell of users from before the day of their assignment, to compare the arms by and to adjust for:
 * the value in a window, on average, unless it is known already, and the covariates of `knownNames`. Actions that are `passive` by
 * their names tell nothing.
 */
export async function knownFromActions(
  assignments: readonly Assignment[],
  windowDays: number,
  actions: Pick<ActionStore, "historiesOf">,
  passive?: readonly string[],
): Promise<Assignment[]> {
  const before = assignments.reduce((latest, { assignedAt }) => Math.max(latest, dayOf(assignedAt)), 0);
  const histories = await actions.historiesOf(
    assignments.map(({ userId }) => userId),
    { before },
  );
  return assignments.map((assignment) => {
    const history = histories.get(assignment.userId);
    const known = knownAt(history && ownHistory(history, passive), dayOf(assignment.assignedAt), windowDays);
    return {
      ...assignment,
      value: assignment.value ?? known.value,
      covariates: [...assignment.covariates, known.silence, known.tenure, known.activeDays],
    };
  });
}

function knownAt(history: UserHistory | undefined, day: number, windowDays: number) {
  const past = history?.days.filter((one) => one.day < day) ?? [];
  const [first, last] = [past[0], past.at(-1)];
  if (first === undefined || last === undefined)
    return { value: undefined, silence: Number.NaN, tenure: Number.NaN, activeDays: 0 };
  const tenure = day - first.day;
  const lately = past.filter((one) => one.day >= day - windows * windowDays);
  const length = Math.max(1, Math.min(windows, tenure / windowDays));
  return {
    value: lately.reduce((sum, one) => sum + one.value, 0) / length,
    silence: day - last.day,
    tenure,
    activeDays: new Set(lately.map((one) => one.day)).size,
  };
}
