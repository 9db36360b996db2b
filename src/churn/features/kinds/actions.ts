import { days, round } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { inWindow, only, roughly, typically } from "../telling.ts";
import { tenure } from "./tenure.ts";

const group = ({ action }: { readonly action: string }) => `action ${action}`;

/** Actions of one name in a window. */
export const count = featureKind({
  name: "count_{action}_{days}d",
  group,
  under: ({ windows, actions }) => windows.flatMap((length) => actions.map((action) => ({ action, days: length }))),
  measure(past, window) {
    const series = past.of(window.action);
    return () => series.countIn(window.days);
  },
  description: (window) => `“${window.action}” in the last ${days(window.days)}`,
  tell(telling, { action, days: length }) {
    const { value } = telling;
    const times = value === 0 ? `no “${action}”` : `${only(telling)}${round(value)} × “${action}”`;
    return `${times} ${inWindow(length, telling)}`;
  },
});

/** Days since the last action of one name, at most twice observeDays. */
export const since = featureKind({
  name: "days_since_{action}_up_to_{days}d",
  group,
  under: ({ actions, churn }) => actions.map((action) => ({ action, days: 2 * churn.observeDays })),
  measure(past, { action, days: most }) {
    const series = past.of(action);
    return () => Math.min(series.since() ?? most, most);
  },
  description: ({ action }) => `days since the last “${action}”`,
  tell({ value, typical, other }, { action, days: most }) {
    const usual = typical >= most ? `not for ${days(most)}` : `${days(typical)} ago`;
    if (value < most) return `last “${action}” ${days(value)} ago (typically ${usual})`;
    const isNewer = (other(tenure.nameOf({})) ?? most) < most;
    return `no “${action}” ${isNewer ? "ever" : `for ${days(most)} or more`} (typically ${usual})`;
  },
});

/**
 * Mean days from one active day of an action to the next. Of an action that was done on one day, the days since then, the
 * least that it can be; of one that was never done, as long as what `since` says of it.
 */
export const meanGap = featureKind({
  name: "mean_gap_{action}_days_up_to_{days}d",
  group,
  under: ({ actions, churn }) => actions.map((action) => ({ action, days: 2 * churn.observeDays })),
  measure(past, { action, days: most }) {
    const series = past.of(action);
    return () => {
      const { first, last, activeDays } = series;
      if (first === undefined || last === undefined) return most;
      return Math.min(most, activeDays === 1 ? (series.since() ?? most) : (last - first) / (activeDays - 1));
    };
  },
  description: ({ action }) => `mean days between days with “${action}”`,
  /** A mean of one gap is no habit. */
  tell({ value, typical, other }, { action, days: most }) {
    const times = other(lifetimeCount.nameOf({ action }));
    if (value >= most || typical >= most || (times !== undefined && times < 3)) return undefined;
    return `“${action}” every ${days(roughly(value))} on average (typically ${days(roughly(typical))})`;
  },
});

/** Actions of one name ever. */
export const lifetimeCount = featureKind({
  name: "lifetime_count_{action}",
  group,
  under: ({ actions }) => actions.map((action) => ({ action })),
  measure(past, { action }) {
    const series = past.of(action);
    return () => series.count;
  },
  description: ({ action }) => `“${action}” ever`,
  tell(telling, { action }) {
    const { value } = telling;
    const times = value === 0 ? `no “${action}”` : `${only(telling)}${round(value)} × “${action}”`;
    return `${times} ever ${typically(telling)}`;
  },
});
