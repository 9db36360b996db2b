import { days, round } from "../../number-words.ts";
import { type FeaturePlan, featureKind } from "../feature.ts";
import { only, type Telling } from "../telling.ts";
import { activeDaysEver, daysSinceLast, longestGap } from "./rhythm.ts";

const group = "rhythm";
const once = () => [{}];
const untold = () => undefined;

/** Earlier gaps at least as long as the present one, which lasts since the last active day. */
export const asLong = featureKind({
  name: "gaps_as_long_as_present",
  group,
  under: once,
  measure: (past) => () => past.gaps.asLong,
  description: () => "earlier gaps at least as long as the present one",
  /** The typical user's pauses were as long as another silence, so their number is not mentioned. */
  tell(telling) {
    const ago = daysSinceLast(telling);
    const { value, raisesRisk } = telling;
    if (ago === undefined || activeDaysEver(telling) < 2) return undefined;
    if (value === 0) return raisesRisk ? `has never paused for ${days(ago)} before` : undefined;
    const times = value === 1 ? "once" : `${round(value)} times`;
    return `has paused for ${days(ago)} or more ${only(telling)}${times} before`;
  },
});

/** Share of the earlier gaps that were at least as long as the present one, with half a gap more on either side. */
export const shareAsLong = featureKind({
  name: "share_of_gaps_as_long_as_present",
  group,
  under: once,
  measure: (past) => () => (past.gaps.asLong + 0.5) / (past.gaps.count + 1),
  description: () => "share of the earlier gaps at least as long as the present one",
  tell(telling) {
    const known = presentGap(telling);
    return known && `${known.asLong} of ${known.gaps} earlier pauses lasted as long as the ${days(known.ago)} so far`;
  },
});

/**
 * Of the gaps that lasted as long as the present one, the share that ended within a number of days from then on, with half
 * a gap more on either side: how likely the user is to be back within these days.
 */
export const shareBack = featureKind({
  name: "share_back_within_{days}d",
  group,
  under: ({ churn }: FeaturePlan) => {
    const third = Math.max(1, Math.round(churn.churnDays / 3));
    return [...new Set([churn.churnDays, third])].map((length) => ({ days: length }));
  },
  measure: (past, window) => () => (past.gaps.endedWithin(window.days) + 0.5) / (past.gaps.asLong + 1),
  description: (window) => `share of gaps as long as the present one that ended within ${days(window.days)} more`,
  tell(telling, window) {
    const known = presentGap(telling);
    if (known === undefined || known.asLong === 0) return undefined;
    const back = Math.round(telling.value * (known.asLong + 1) - 0.5);
    return `${back} of ${pauses(known.asLong)} of ${days(known.ago)} or more ended within ${days(window.days)} more`;
  },
});

/** Days since the last action, in median gaps. */
export const overMedian = featureKind({
  name: "overdue_ratio_to_median",
  group,
  under: once,
  measure: (past) => () => past.recency / past.gaps.median,
  description: () => "time since the last action, in median gaps",
  /** Compares with the user's own habit, so the typical user's is not mentioned. */
  tell(telling) {
    const { value, raisesRisk } = telling;
    const ago = daysSinceLast(telling);
    if (ago === undefined || activeDaysEver(telling) < 3 || value > 1 !== raisesRisk) return undefined;
    return raisesRisk
      ? `silent for ${days(ago)}, longer than half of the earlier pauses`
      : `last action ${days(ago)} ago; half of the earlier pauses lasted as long`;
  },
});

/** Days since the last action, in longest gaps (of at least a day). */
export const overLongest = featureKind({
  name: "overdue_ratio_to_longest",
  group,
  under: once,
  measure: (past) => () => past.recency / Math.max(1, past.gaps.longest),
  description: () => "time since the last action, in longest gaps",
  tell(telling) {
    const { value, raisesRisk, other } = telling;
    const ago = daysSinceLast(telling);
    const longest = other(longestGap.nameOf({}));
    if (ago === undefined || longest === undefined || activeDaysEver(telling) < 3) return undefined;
    if (value > 1 !== raisesRisk) return undefined;
    return raisesRisk
      ? `silent for ${days(ago)}, longer than ever before (${days(longest)} at most)`
      : `last action ${days(ago)} ago; has come back after ${days(longest)} before`;
  },
});

/** Days since the last action, in 90 % quantiles of the gaps. */
export const overNinetieth = featureKind({
  name: "overdue_ratio_to_90th_percentile",
  group,
  under: once,
  measure: (past) => () => past.recency / past.gaps.ninetieth,
  description: () => "time since the last action, in 90th percentiles of the gaps",
  tell(telling) {
    const known = presentGap(telling);
    if (known === undefined || !telling.raisesRisk || telling.value <= 1) return undefined;
    return `silent for ${days(known.ago)}, longer than ${known.gaps - known.asLong} of ${known.gaps} earlier pauses`;
  },
});

/** Logarithm of the days since the last action, less the mean logarithm of the gaps. */
export const logOverdue = featureKind({
  name: "log_overdue",
  group,
  scale: "signed",
  under: once,
  measure: (past) => () => Math.log(past.recency) - past.gaps.logMean,
  description: () => "logarithm of the time since the last action in geometric mean gaps",
  tell: untold,
});

/** The same in standard deviations of the logarithm, whose variance is taken as .5 more: few gaps tell it badly. */
export const standardisedOverdue = featureKind({
  name: "standardised_log_overdue",
  group,
  scale: "signed",
  under: once,
  measure: (past) => () => (Math.log(past.recency) - past.gaps.logMean) / Math.sqrt(past.gaps.logVariance + 0.5),
  description: () => "logarithm of the time since the last action, in standard deviations from that of the gaps",
  tell: untold,
});

/** The numbers behind the shares; undefined where the model does not know them, or for fewer than two gaps. */
function presentGap(telling: Telling) {
  const ago = daysSinceLast(telling);
  const longer = telling.other(asLong.nameOf({}));
  const active = activeDaysEver(telling);
  if (ago === undefined || longer === undefined || active < 3 || !Number.isFinite(active)) return undefined;
  return { ago, asLong: longer, gaps: active - 1 };
}

function pauses(count: number): string {
  return `${round(count)} earlier ${count === 1 ? "pause" : "pauses"}`;
}
