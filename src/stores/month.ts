import { type Day, dayOf, startOf } from "#churn/day.ts";

/** A UTC month such as `2024.03`, as index names end. They sort by time. */
export type Month = string;

/** The month that holds `day`. */
export function monthOf(day: Day): Month {
  const date = new Date(startOf(day));
  return `${String(date.getUTCFullYear()).padStart(4, "0")}.${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
}

/** The number of months from January 1970 to the one that holds `day`. */
export function monthNumber(day: Day): number {
  const date = new Date(startOf(day));
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The first day of the month that holds `day`. */
export function firstOfMonth(day: Day): Day {
  const date = new Date(startOf(day));
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
}

/** The latest time of which there is a date, in milliseconds since the epoch. */
export const latestTime = 8.64e15;
