import { days, percent } from "../../number-words.ts";
import { type FeaturePlan, featureKind } from "../feature.ts";
import { counted, inWindow, type Telling, typically } from "../telling.ts";
import { activeDaysEver } from "./rhythm.ts";
import { tenure } from "./tenure.ts";

const group = "activity";
const once = () => [{}];
const everyWindow = ({ windows }: FeaturePlan) => windows.map((length) => ({ days: length }));

/** Actions of any name in a window. */
export const actions = featureKind({
  name: "actions_{days}d",
  group,
  under: everyWindow,
  measure:
    ({ all }, window) =>
    () =>
      all.countIn(window.days),
  description: (window) => `actions in the last ${days(window.days)}`,
  tell: (telling, window) => `${counted(telling, "action", "actions")} ${inWindow(window.days, telling)}`,
});

/** Days with at least one action in a window. */
export const activeDays = featureKind({
  name: "active_days_{days}d",
  group,
  under: everyWindow,
  measure:
    ({ all }, window) =>
    () =>
      all.activeDaysIn(window.days),
  description: (window) => `active days in the last ${days(window.days)}`,
  tell: (telling, window) => `${counted(telling, "active day", "active days")} ${inWindow(window.days, telling)}`,
});

/**
 * Active days in a window that ended before the snapshot: in the two thirds of the churn window before the last one, and in
 * each churn window before it, as far back as features look. Windows up to the snapshot hold the same days, but a tree
 * needs many splits to tell that a user was there then and is not now.
 */
export const earlierActiveDays = featureKind({
  name: "active_days_{days}d_until_{ago}d_ago",
  group,
  under: ({ churn: { churnDays, observeDays } }) => {
    const third = Math.round(churnDays / 3);
    const whole = Array.from({ length: Math.max(0, Math.floor(observeDays / churnDays) - 1) }, (_, i) => ({
      days: churnDays,
      ago: (i + 1) * churnDays,
    }));
    const thirds = [
      { days: third, ago: third },
      { days: churnDays - 2 * third, ago: 2 * third },
    ];
    return [...thirds.filter((window) => window.days > 0 && window.ago > 0), ...whole];
  },
  measure:
    ({ all }, window) =>
    () =>
      all.activeDaysFrom(window.ago + window.days, window.days),
  description: ({ days: length, ago }) => `active days in the ${days(length)} until ${days(ago)} ago`,
  /** Of a user who had not come yet it says only that they are new. */
  tell(telling, { days: length, ago }) {
    const since = telling.other(tenure.nameOf({})) ?? 0;
    if (since <= ago) return undefined;
    return `${counted(telling, "active day", "active days")} in the ${days(length)} until ${days(ago)} ago ${typically(telling)}`;
  },
});

/** How the active days of a window lie in its halves: (later - earlier) / (later + earlier), -1 … 1. */
export const trend = featureKind({
  name: "trend_{days}d",
  group,
  scale: "signed",
  under: ({ churn: { churnDays, observeDays } }) =>
    [...new Set([observeDays, Math.min(observeDays, 2 * churnDays)])].map((length) => ({ days: length })),
  measure:
    ({ all }, window) =>
    () => {
      const active = all.activeDaysIn(window.days);
      const later = all.activeDaysIn(halfOf(window.days));
      return (2 * later - active) / Math.max(1, active);
    },
  description: (window) => `trend of active days in the last ${days(window.days)} (-1 falling, 1 rising)`,
  /** Of a single active day it says no more than when it was. */
  tell({ value, typical, other }, window) {
    const active = other(activeDays.nameOf(window));
    if (active !== undefined && active < 2) return undefined;
    const half = halfOf(window.days);
    const [share, usual, where] =
      value < typical
        ? [(1 - value) / 2, (1 - typical) / 2, `were more than ${days(half)} ago`]
        : [(1 + value) / 2, (1 + typical) / 2, `were in the last ${half}`];
    return `${percent(share)} of the active days in the last ${days(window.days)} ${where} (typically ${percent(usual)})`;
  },
});

/** Actions of any name ever. */
export const lifetimeActions = featureKind({
  name: "lifetime_actions",
  group,
  under: once,
  measure:
    ({ all }) =>
    () =>
      all.count,
  description: () => "actions ever",
  tell: (telling) => `${counted(telling, "action", "actions")} ever ${typically(telling)}`,
});

/** Mean actions of an active day ever; 0 without any. */
export const actionsPerActiveDay = featureKind({
  name: "actions_per_active_day",
  group,
  under: once,
  measure:
    ({ all }) =>
    () =>
      all.count / Math.max(1, all.activeDays),
  description: () => "mean actions of an active day",
  /** Of a single active day there is no average. */
  tell: (telling) =>
    activeDaysEver(telling) < 2
      ? undefined
      : `${counted(telling, "action", "actions")} per active day on average ${typically(telling)}`,
});

const year = 365;

/** Actions in the churn window that began a year before the snapshot. */
export const actionsYearAgo = featureKind({
  name: "actions_{days}d_a_year_ago",
  group,
  under: ({ churn }) => [{ days: churn.churnDays }],
  measure:
    ({ all }, window) =>
    () =>
      all.countFrom(year, window.days),
  description: (window) => `actions in the ${days(window.days)} from a year ago on`,
  tell: (telling, window) => yearAgo(telling, window.days, counted(telling, "action", "actions")),
});

/** Active days in the churn window that began a year before the snapshot. */
export const activeDaysYearAgo = featureKind({
  name: "active_days_{days}d_a_year_ago",
  group,
  under: ({ churn }) => [{ days: churn.churnDays }],
  measure:
    ({ all }, window) =>
    () =>
      all.activeDaysFrom(year, window.days),
  description: (window) => `active days in the ${days(window.days)} from a year ago on`,
  tell: (telling, window) => yearAgo(telling, window.days, counted(telling, "active day", "active days")),
});

/** Undefined for a user who had not come yet: that there was nothing then says only that they are new. */
function yearAgo(telling: Telling, length: number, what: string): string | undefined {
  const since = telling.other(tenure.nameOf({})) ?? year;
  return since < year ? undefined : `${what} in the same ${days(length)} a year ago ${typically(telling)}`;
}

function halfOf(length: number): number {
  return Math.ceil(length / 2);
}
