import { percent } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { activeDaysEver } from "./rhythm.ts";

const group = "rhythm";
const once = () => [{}];

/** Share of the active days that were a Saturday or a Sunday, in UTC. */
export const weekendShare = featureKind({
  name: "weekend_share",
  group,
  under: once,
  measure({ all }) {
    const counts = new Uint32Array(7);
    return () => {
      all.countWeekdays(counts);
      const [, , , , , saturdays = 0, sundays = 0] = counts;
      return (saturdays + sundays) / Math.max(1, all.activeDays);
    };
  },
  description: () => "share of active days at a weekend",
  tell(telling) {
    const { value, typical } = telling;
    if (activeDaysEver(telling) < 3) return undefined;
    return `${percent(value)} of active days were at a weekend (typically ${percent(typical)})`;
  },
});

/** Share of the active days on their commonest weekday, in UTC, with one day more on each weekday: few days show no habit. */
export const commonestShare = featureKind({
  name: "commonest_weekday_share",
  group,
  under: once,
  measure({ all }) {
    const counts = new Uint32Array(7);
    return () => {
      all.countWeekdays(counts);
      let most = 0;
      for (const count of counts) most = Math.max(most, count);
      return (most + 1) / (all.activeDays + 7);
    };
  },
  description: () => "share of active days on their commonest weekday",
  tell(telling) {
    const active = activeDaysEver(telling);
    if (active < 3 || !Number.isFinite(active)) return undefined;
    const most = Math.round(telling.value * (active + 7) - 1);
    return `${most} of ${active} active days were on the same weekday`;
  },
});
