import type { FeatureDefinition } from "../definition.ts";
import type { Feature, FeatureKind } from "./feature.ts";
import * as actions from "./kinds/actions.ts";
import * as activity from "./kinds/activity.ts";
import * as rhythm from "./kinds/rhythm.ts";
import * as tenure from "./kinds/tenure.ts";
import * as value from "./kinds/value.ts";

/** Every kind of feature, in the order in which a vector holds them. */
const catalogue: readonly FeatureKind[] = [
  activity.actions,
  activity.activeDays,
  value.totalValue,
  actions.count,
  actions.since,
  rhythm.recency,
  tenure.tenure,
  rhythm.lifetimeDays,
  rhythm.meanGap,
  rhythm.longestGap,
  rhythm.overdue,
  activity.trend,
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

/** Window lengths in days, longest first: observeDays, the churn window, and a third and a tenth of it. */
function windowsOf({ churn }: FeatureDefinition): readonly number[] {
  const lengths = [
    churn.observeDays,
    churn.churnDays,
    Math.round(churn.churnDays / 3),
    Math.round(churn.churnDays / 10),
  ];
  return [...new Set(lengths.map((days) => Math.max(1, days)))].sort((a, b) => b - a);
}
