import { days, round } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { inWindow, typically } from "../telling.ts";
import { activeDaysEver } from "./rhythm.ts";

const group = "value";

/** Sum of the values of all actions in a window. */
export const totalValue = featureKind({
  name: "value_{days}d",
  group,
  under: ({ windows }) => windows.map((length) => ({ days: length })),
  measure:
    ({ all }, window) =>
    () =>
      all.valueIn(window.days),
  description: (window) => `total value in the last ${days(window.days)}`,
  tell: (telling, window) => `total value ${round(telling.value)} ${inWindow(window.days, telling)}`,
});

/** Sum of the values of all actions ever. */
export const lifetimeValue = featureKind({
  name: "lifetime_value",
  group,
  under: () => [{}],
  measure:
    ({ all }) =>
    () =>
      all.value,
  description: () => "total value ever",
  tell: (telling) => `total value ${round(telling.value)} ever ${typically(telling)}`,
});

/** Sum of the values of the last active day. */
export const lastValue = featureKind({
  name: "value_of_last_day",
  group,
  under: () => [{}],
  measure:
    ({ all }) =>
    () =>
      all.lastValue,
  description: () => "value of the last active day",
  tell: (telling) =>
    activeDaysEver(telling) === 0
      ? undefined
      : `value ${round(telling.value)} on the last active day ${typically(telling)}`,
});

/** Mean value of an active day ever; 0 without any. */
export const valuePerActiveDay = featureKind({
  name: "value_per_active_day",
  group,
  under: () => [{}],
  measure:
    ({ all }) =>
    () =>
      all.value / Math.max(1, all.activeDays),
  description: () => "mean value of an active day",
  /** Of a single active day there is no average. */
  tell: (telling) =>
    activeDaysEver(telling) < 2
      ? undefined
      : `value ${round(telling.value)} per active day on average ${typically(telling)}`,
});
