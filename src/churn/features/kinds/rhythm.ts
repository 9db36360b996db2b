import { days, round } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { only, roughly, type Telling, typically } from "../telling.ts";

const once = () => [{}];

/** Days since the last action. */
export const recency = featureKind({
  name: "days_since_last",
  group: "rhythm",
  under: once,
  measure: (past) => () => past.recency,
  description: () => "days since the last action",
  tell(telling) {
    const { value, typical } = telling;
    const active = activeDaysEver(telling);
    if (active === 0) return undefined;
    if (active === 1) return `only one active day ever, ${days(value)} ago (typically ${days(typical)} ago)`;
    return `last action ${days(value)} ago ${typically(telling)}`;
  },
});

/** Days with an action ever. */
export const lifetimeDays = featureKind({
  name: "lifetime_active_days",
  group: "rhythm",
  under: once,
  measure: (past) => () => past.all.activeDays,
  description: () => "active days ever",
  tell(telling) {
    const ago = daysSinceLast(telling);
    if (telling.value === 1 && ago !== undefined)
      return `only one active day ever ${typically(telling)}, ${days(ago)} ago`;
    return `active on ${only(telling)}${days(telling.value)} ever ${typically(telling)}`;
  },
});

/** Mean days between active days. One active day has no gap yet: the time since then is the least that it can be. */
export const meanGap = featureKind({
  name: "mean_gap_days",
  group: "rhythm",
  under: once,
  measure: (past) => () => past.gaps.mean,
  description: () => "mean days between active days",
  /** One active day has no gap, and two have no average. */
  tell(telling) {
    const { value, typical } = telling;
    const active = activeDaysEver(telling);
    if (active < 2) return undefined;
    const ago = daysSinceLast(telling);
    const last = ago === undefined ? "" : `, the last ${days(ago)} ago`;
    return active === 2
      ? `only two active days ever, ${days(value)} apart${last} (typically ${round(typical)} apart)`
      : `active only every ${days(value)} on average${last} (typically every ${round(typical)})`;
  },
});

/** The most days between two active days; 0 with fewer than two. */
export const longestGap = featureKind({
  name: "longest_gap_days",
  group: "rhythm",
  under: once,
  measure: (past) => () => past.gaps.longest,
  description: () => "longest pause in days",
  /** A pause that was survived is a reason to stay; that there was none so far is no reason to leave. */
  tell(telling) {
    const { value, typical, raisesRisk } = telling;
    if (activeDaysEver(telling) < 2) return undefined;
    if (value < typical)
      return raisesRisk ? undefined : `no pause longer than ${days(value)} so far ${typically(telling)}`;
    return raisesRisk
      ? `has paused for ${days(value)} before ${typically(telling)}`
      : `came back after ${days(value)} before ${typically(telling)}`;
  },
});

/** Days since the last action, in mean gaps. */
export const overdue = featureKind({
  name: "overdue_ratio",
  group: "rhythm",
  under: once,
  measure: (past) => () => past.recency / past.gaps.mean,
  description: () => "time since the last action, in mean gaps",
  /** Compares with the user's own habit, so the typical user's is not mentioned. */
  tell(telling) {
    const { value, raisesRisk, other } = telling;
    const ago = daysSinceLast(telling);
    const gap = other(meanGap.nameOf({}));
    // A single gap is no habit.
    if (ago === undefined || gap === undefined || activeDaysEver(telling) < 3) return undefined;
    if (value > 1)
      return raisesRisk
        ? `silent for ${days(ago)}, ${roughly(value)} times the usual gap of ${days(roughly(gap))}`
        : undefined;
    return raisesRisk ? undefined : `last action ${days(ago)} ago, within the usual gap of ${days(roughly(gap))}`;
  },
});

/** Days with an action ever; many where the model does not know them. */
export function activeDaysEver({ other }: Telling): number {
  return other(lifetimeDays.nameOf({})) ?? Number.POSITIVE_INFINITY;
}

/** Days since the last action; undefined where the model does not know them. */
export function daysSinceLast({ other }: Telling): number | undefined {
  return other(recency.nameOf({}));
}
