import { days } from "../../number-words.ts";
import { type FeaturePlan, featureKind } from "../feature.ts";

/**
 * From a 24th of the churn window to 8/3 of it, each twice the one before: in hours they are whole numbers, as there are
 * 24 hours in a day.
 */
const everyHalfLife = ({ churn }: FeaturePlan) =>
  [1, 2, 4, 8, 16, 32, 64].map((times) => ({ hours: times * churn.churnDays }));

/** No sentence about a weighted sum is plain: the windows and times of the same group are told instead. */
const untold = () => undefined;

/** Active days, each worth half as much with every half-life that it is older. */
export const activeDays = featureKind({
  name: "decayed_active_days_{hours}h",
  group: "activity",
  under: everyHalfLife,
  measure(past, { hours }) {
    const place = past.placeOfDecayed(hours);
    return () => past.decayed.days(place);
  },
  description: ({ hours }) => `active days, the weight of each halved every ${days(hours / 24)}`,
  tell: untold,
});

/** The values of all actions, each worth half as much with every half-life that it is older. */
export const value = featureKind({
  name: "decayed_value_{hours}h",
  group: "value",
  under: everyHalfLife,
  measure(past, { hours }) {
    const place = past.placeOfDecayed(hours);
    return () => past.decayed.values(place);
  },
  description: ({ hours }) => `total value, the weight of each day halved every ${days(hours / 24)}`,
  tell: untold,
});

/** Actions of one name, each worth half as much with every half-life (a third of the churn window, and 4/3) that it is older. */
export const count = featureKind({
  name: "decayed_count_{action}_{hours}h",
  group: ({ action }) => `action ${action}`,
  under: ({ actions, churn }) =>
    [8, 32].flatMap((times) => actions.map((action) => ({ action, hours: times * churn.churnDays }))),
  measure(past, { action, hours }) {
    const series = past.of(action);
    const weights = past.decayWeights(hours);
    return () => series.decayedCount(weights);
  },
  description: ({ action, hours }) => `“${action}”, the weight of each halved every ${days(hours / 24)}`,
  tell: untold,
});
