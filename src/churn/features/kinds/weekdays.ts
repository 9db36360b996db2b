import { percent } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { activeDaysEver } from "./rhythm.ts";

const group = "rhythm";
const once = () => [{}];
const [saturday, sunday] = [5, 6];

/** Share of the active days that were a Saturday or a Sunday, in UTC. */
export const weekendShare = featureKind({
  name: "weekend_share",
  group,
  under: once,
  measure: (past) => () => {
    const { weekdays } = past;
    return ((weekdays[saturday] ?? 0) + (weekdays[sunday] ?? 0)) / Math.max(1, past.all.activeDays);
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
  measure: (past) => () => {
    const { weekdays } = past;
    let most = 0;
    for (let weekday = 0; weekday < weekdays.length; weekday++) most = Math.max(most, weekdays[weekday] ?? 0);
    return (most + 1) / (past.all.activeDays + 7);
  },
  description: () => "share of active days on their commonest weekday",
  tell(telling) {
    const active = activeDaysEver(telling);
    if (active < 3 || !Number.isFinite(active)) return undefined;
    const most = Math.round(telling.value * (active + 7) - 1);
    return `${most} of ${active} active days were on the same weekday`;
  },
});
