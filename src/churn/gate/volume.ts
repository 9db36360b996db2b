import type { Beat, Pulse } from "./pulse.ts";
import { medianOf, newestWeeks, usualBefore, yearBefore } from "./usual.ts";

/** By how much the volume of a week differs from what is usual. */
export interface VolumeOff {
  readonly measure: "actions" | "users";
  /** Over the usual: 0.5 for half of it. */
  readonly ratio: number;
}

/** A week with less than this share of the usual, or more than its inverse, is off. Half a log that is missing is. */
const leastShare = 0.6;
/** Weeks are alike if the least has this share of the most. With less, weeks that a fault of a month only touches would be. */
const alikeShare = 0.75;
/** A log that is uneven by itself must be off by more: this many standard deviations of its weeks. */
const mostDeviations = 4;
/** Fewer actions or users than this a week tell nothing. */
const leastCount = 20;

/**
 * What is off about the volume of a week: actions, or users by day, beside the median of the weeks before it. A season is
 * not off: a log that is long enough had the same a year before. Neither is a level that has become that of today. Undefined
 * where nothing is, or too little is known.
 */
export function volumeOff(pulse: Pulse, week: number): VolumeOff | undefined {
  for (const measure of ["actions", "users"] as const) {
    const ratio = unusualRatio(pulse, week, measure);
    if (ratio !== undefined) return { measure, ratio };
  }
  return undefined;
}

function unusualRatio(pulse: Pulse, week: number, measure: VolumeOff["measure"]): number | undefined {
  const usual = usualBefore(pulse, week);
  const now = pulse.weeks[week]?.[measure];
  if (usual === undefined || now === undefined) return undefined;
  const ratios = [usual.recent, usual.earlier].flatMap((weeks) =>
    weeks.length === 0 ? [] : [ratioTo(weeks, now, measure)],
  );
  const [ratio] = ratios;
  if (ratio === undefined || !ratios.every(({ isOff }) => isOff(1))) return undefined;
  if (isUsualToday(pulse, now, measure)) return undefined;
  const lastYear = yearBefore(pulse, week);
  const then = lastYear === undefined ? undefined : ratioOf(pulse, lastYear, measure);
  return then === undefined || ratio.isOff(then) ? ratio.value : undefined;
}

/** Whether the newest weeks are all alike, and the week is like them: then it began what has lasted since. */
function isUsualToday(pulse: Pulse, now: number, measure: VolumeOff["measure"]): boolean {
  const counts = newestWeeks(pulse)?.map((week) => week[measure]);
  if (counts === undefined) return false;
  const least = Math.min(now, ...counts);
  return least > 0 && least >= alikeShare * Math.max(now, ...counts);
}

interface Ratio {
  readonly value: number;
  /** Whether it is far from what is expected. */
  isOff(expected: number): boolean;
}

function ratioTo(weeks: readonly Beat[], now: number, measure: VolumeOff["measure"]): Ratio {
  const counts = weeks.map((week) => week[measure]);
  const median = medianOf(counts);
  // 1.4826 times the median absolute deviation is the standard deviation of a normal distribution.
  const logs = counts.map((count) => Math.log(Math.max(count, 1) / Math.max(median, 1)));
  const deviation = 1.4826 * medianOf(logs.map(Math.abs));
  const bound = Math.max(-Math.log(leastShare), mostDeviations * deviation);
  const value = median === 0 ? 1 : now / median;
  return {
    value,
    isOff: (expected) => median >= leastCount && Math.abs(Math.log(Math.max(value, 1e-6) / expected)) > bound,
  };
}

function ratioOf(pulse: Pulse, week: number, measure: VolumeOff["measure"]): number | undefined {
  const usual = usualBefore(pulse, week);
  const then = pulse.weeks[week]?.[measure];
  if (usual === undefined || then === undefined || then === 0) return undefined;
  return ratioTo(usual.recent, then, measure).value;
}
