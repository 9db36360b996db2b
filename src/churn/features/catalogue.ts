import type { FeatureDefinition } from "../definition.ts";
import type { Feature, FeatureKind } from "./feature.ts";
import * as actions from "./kinds/actions.ts";
import * as activity from "./kinds/activity.ts";
import * as decayed from "./kinds/decayed.ts";
import * as gaps from "./kinds/gaps.ts";
import * as presentGap from "./kinds/present-gap.ts";
import * as rhythm from "./kinds/rhythm.ts";
import * as tenure from "./kinds/tenure.ts";
import * as value from "./kinds/value.ts";
import * as weekdays from "./kinds/weekdays.ts";

/** Every kind of feature, in the order in which a vector holds them. */
const catalogue: readonly FeatureKind[] = [
  activity.actions,
  activity.activeDays,
  activity.earlierActiveDays,
  value.totalValue,
  actions.count,
  actions.since,
  actions.meanGap,
  rhythm.recency,
  tenure.tenure,
  rhythm.lifetimeDays,
  rhythm.meanGap,
  rhythm.longestGap,
  rhythm.overdue,
  activity.trend,
  gaps.median,
  gaps.deviation,
  gaps.variation,
  gaps.last,
  gaps.secondLast,
  gaps.logMean,
  gaps.logDeviation,
  gaps.ninetieth,
  presentGap.asLong,
  presentGap.shareAsLong,
  presentGap.shareBack,
  presentGap.overMedian,
  presentGap.overLongest,
  presentGap.overNinetieth,
  presentGap.logOverdue,
  presentGap.standardisedOverdue,
  decayed.activeDays,
  decayed.value,
  decayed.count,
  activity.lifetimeActions,
  activity.actionsPerActiveDay,
  activity.actionsYearAgo,
  activity.activeDaysYearAgo,
  value.lifetimeValue,
  value.lastValue,
  value.valuePerActiveDay,
  actions.lifetimeCount,
  weekdays.weekendShare,
  weekdays.commonestShare,
];

/** The features of a definition, in the order of its vectors. */
export function featuresUnder(definition: FeatureDefinition): Feature[] {
  const plan = { ...definition, windows: windowsOf(definition) };
  return catalogue.flatMap((kind) => kind.under(plan));
}

/** The feature of a name, whatever definition it is of; undefined for a name that the catalogue does not give. */
export function parseFeature(name: string): Feature | undefined {
  for (const kind of catalogue) {
    const feature = kind.parse(name);
    if (feature !== undefined) return feature;
  }
  return undefined;
}

/**
 * Window lengths in days, longest first: observeDays, two churn windows (as far as observeDays goes), one, a third and a
 * tenth of it.
 */
function windowsOf({ churn }: FeatureDefinition): readonly number[] {
  const { churnDays, observeDays } = churn;
  const lengths = [
    observeDays,
    Math.min(observeDays, 2 * churnDays),
    churnDays,
    Math.round(churnDays / 3),
    Math.round(churnDays / 10),
  ];
  return [...new Set(lengths.map((days) => Math.max(1, days)))].sort((a, b) => b - a);
}
