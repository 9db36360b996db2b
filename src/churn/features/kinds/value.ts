import { days, round } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { inWindow } from "../telling.ts";

/** Sum of the values of all actions in a window. */
export const totalValue = featureKind({
  name: "value_{days}d",
  group: "value",
  under: ({ windows }) => windows.map((length) => ({ days: length })),
  measure:
    ({ all }, window) =>
    () =>
      all.valueIn(window.days),
  description: (window) => `total value in the last ${days(window.days)}`,
  tell: (telling, window) => `total value ${round(telling.value)} ${inWindow(window.days, telling)}`,
});
