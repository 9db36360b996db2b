import type { MonthOfPromises } from "#churn/promises/by-month.ts";

const mostMonths = 12;

/** What a plot shows: the newest months, in the order of time. */
export function newestMonths(months: readonly MonthOfPromises[]): MonthOfPromises[] {
  return months.slice(0, mostMonths).toReversed();
}

/** Ticks of a plot by month; where there are many, every few months only. */
export function monthTicks(names: readonly string[], at: (name: string) => number): { at: number; label: string }[] {
  const every = Math.ceil(names.length / 6);
  return names.flatMap((label, i) => (i % every === 0 ? [{ at: at(label), label }] : []));
}
