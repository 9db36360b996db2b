/** A UTC calendar day, as whole days since 1970-01-01. */
export type Day = number;

const millisecondsPerDay = 86_400_000;

/** The UTC day that holds `time` (milliseconds since the epoch). */
export function dayOf(time: number): Day {
  return Math.floor(time / millisecondsPerDay);
}

/** Midnight UTC at which `day` begins, in milliseconds since the epoch. */
export function startOf(day: Day): number {
  return day * millisecondsPerDay;
}

/** 0 for a Monday … 6 for a Sunday. */
export function weekdayOf(day: Day): number {
  const thursday = 3; // 1970-01-01
  return (((day + thursday) % 7) + 7) % 7;
}

/** `2024-03-01` for the day of that name. */
export function formatDay(day: Day): string {
  return new Date(startOf(day)).toISOString().slice(0, 10);
}

/** The day named by an ISO date (`2024-03-01`); undefined when it names none. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || formatDay(dayOf(time)) !== text ? undefined : dayOf(time);
}
