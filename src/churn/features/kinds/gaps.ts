import { days, percent } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { type Telling, typically } from "../telling.ts";
import { activeDaysEver } from "./rhythm.ts";

const group = "rhythm";
const once = () => [{}];
const untold = () => undefined;

/** The median gap between active days; see Gaps for users with one active day. */
export const median = featureKind({
  name: "median_gap_days",
  group,
  under: once,
  measure: (past) => () => past.gaps.median,
  description: () => "median days between active days",
  tell(telling) {
    const { value, typical } = telling;
    if (!hasHabit(telling)) return undefined;
    return `half of the pauses lasted ${days(value)} or ${value < typical ? "less" : "more"} ${typically(telling)}`;
  },
});

/** Standard deviation of the gaps between active days. */
export const deviation = featureKind({
  name: "sd_gap_days",
  group,
  under: once,
  measure: (past) => () => past.gaps.deviation,
  description: () => "standard deviation of the days between active days",
  tell: (telling) =>
    hasHabit(telling)
      ? `the length of pauses varies by ${days(telling.value)} around its average ${typically(telling)}`
      : undefined,
});

/** Standard deviation of the gaps over their mean. */
export const variation = featureKind({
  name: "gap_variation",
  group,
  under: once,
  measure: (past) => () => past.gaps.deviation / past.gaps.mean,
  description: () => "standard deviation of the days between active days over their mean",
  tell(telling) {
    const { value, typical } = telling;
    if (!hasHabit(telling)) return undefined;
    return `the length of pauses varies by ${percent(value)} around its average (typically ${percent(typical)})`;
  },
});

/** The gap that ended with the last active day. */
export const last = featureKind({
  name: "last_gap_days",
  group,
  under: once,
  measure: (past) => () => past.gaps.last,
  description: () => "days between the last active day and the one before",
  tell: (telling) =>
    activeDaysEver(telling) < 2
      ? undefined
      : `the pause before the last active day lasted ${days(telling.value)} ${typically(telling)}`,
});

/** The gap before that one; with a single gap, that one. */
export const secondLast = featureKind({
  name: "second_last_gap_days",
  group,
  under: once,
  measure: (past) => () => past.gaps.secondLast,
  description: () => "the last gap but one between active days, in days",
  tell: (telling) =>
    hasHabit(telling) ? `the last pause but one lasted ${days(telling.value)} ${typically(telling)}` : undefined,
});

/** Mean of the logarithms of the gaps. */
export const logMean = featureKind({
  name: "mean_log_gap",
  group,
  under: once,
  measure: (past) => () => past.gaps.logMean,
  description: () => "mean logarithm of the days between active days",
  tell: untold,
});

/** Standard deviation of the logarithms of the gaps. */
export const logDeviation = featureKind({
  name: "sd_log_gap",
  group,
  under: once,
  measure: (past) => () => Math.sqrt(past.gaps.logVariance),
  description: () => "standard deviation of the logarithm of the days between active days",
  tell: untold,
});

/** The 90 % quantile of the gaps. */
export const ninetieth = featureKind({
  name: "gap_days_90th_percentile",
  group,
  under: once,
  measure: (past) => () => past.gaps.ninetieth,
  description: () => "90th percentile of the days between active days",
  /** Of fewer than ten gaps, there is no tenth. */
  tell: (telling) =>
    activeDaysEver(telling) <= 10
      ? undefined
      : `one pause in ten lasted ${days(telling.value)} or more ${typically(telling)}`,
});

/** A single gap is no habit. */
function hasHabit(telling: Telling): boolean {
  return activeDaysEver(telling) >= 3;
}
