import type { Day } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import type { UserHistory } from "../user-history.ts";

/** Whether the user is to be scored at the start of day `at`: has an action in the observation window before it. */
export function isEligible({ days }: UserHistory, at: Day, { observeDays }: ChurnDefinition): boolean {
  return hasActionIn(days, at - observeDays, at);
}

/** Whether the user has no action in the churn window, which begins `leadDays` after the start of day `at`. */
export function hasChurned({ days }: UserHistory, at: Day, { churnDays, leadDays }: ChurnDefinition): boolean {
  return !hasActionIn(days, at + leadDays, at + leadDays + churnDays);
}

function hasActionIn(days: UserHistory["days"], from: Day, before: Day): boolean {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle]?.day ?? Number.POSITIVE_INFINITY) < from) low = middle + 1;
    else high = middle;
  }
  const first = days[low];
  return first !== undefined && first.day < before;
}
