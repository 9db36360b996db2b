import { quantile } from "../quantile.ts";
import type { Beat, Pulse } from "./pulse.ts";

/** Weeks that say together what is usual. */
const span = 8;
/** Fewer say nothing. */
const fewest = 4;
/** 52 weeks: the same days of the week. */
const year = 52;

/** The weeks that a week is compared with. */
export interface Usual {
  /** The eight weeks before it. */
  readonly recent: readonly Beat[];
  /** The eight before those: a week that is like them only ends a stretch that was unusual. Empty in a short log. */
  readonly earlier: readonly Beat[];
}

/** What is usual for a week of a pulse; undefined where too little precedes it. */
export function usualBefore({ weeks }: Pulse, week: number): Usual | undefined {
  const recent = weeks.slice(week + 1, week + 1 + span);
  if (recent.length < fewest) return undefined;
  const earlier = weeks.slice(week + 1 + span, week + 1 + 2 * span);
  return { recent, earlier: earlier.length < fewest ? [] : earlier };
}

/** A fault of a month makes four weeks alike at most: five are how things are now. */
const settledWeeks = 5;

/** The newest weeks, which say what is usual today if they are alike; undefined in a shorter log. */
export function newestWeeks({ weeks }: Pulse): readonly Beat[] | undefined {
  return weeks.length < settledWeeks ? undefined : weeks.slice(0, settledWeeks);
}

/** The week a year before, if the log goes back so far that it can be compared as well. */
export function yearBefore(pulse: Pulse, week: number): number | undefined {
  return usualBefore(pulse, week + year) === undefined ? undefined : week + year;
}

export function medianOf(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
