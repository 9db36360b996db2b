import { days, percent } from "../../number-words.ts";
import { type FeaturePlan, featureKind } from "../feature.ts";
import { counted, inWindow } from "../telling.ts";

const group = "activity";
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

/** How the active days of a window lie in its halves: (later - earlier) / (later + earlier), -1 … 1. */
export const trend = featureKind({
  name: "trend_{days}d",
  group,
  scale: "signed",
  under: ({ churn }) => [{ days: churn.observeDays }],
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

function halfOf(length: number): number {
  return Math.ceil(length / 2);
}
