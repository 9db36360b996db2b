import { type Day, dayOf, startOf } from "#churn/day.ts";

/** The first day of the UTC month that is `months` before the month of `today`. */
export function firstMonthKept(today: Day, months: number): Day {
  const date = new Date(startOf(today));
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
}
