import { type Feature, parseFeature } from "../features/feature.ts";
import { days } from "../number-words.ts";

/** A feature's name in words: `days since the last action`, `“login” in the last 30 days`. */
export function describeFeature(name: string): string {
  const feature = parseFeature(name);
  return feature === undefined ? name : describe(feature);
}

function describe(feature: Feature): string {
  switch (feature.kind) {
    case "actions":
      return `actions in the last ${days(feature.days)}`;
    case "active_days":
      return `active days in the last ${days(feature.days)}`;
    case "value":
      return `total value in the last ${days(feature.days)}`;
    case "count":
      return `“${feature.action}” in the last ${days(feature.days)}`;
    case "since":
      return `days since the last “${feature.action}”`;
    case "recency":
      return "days since the last action";
    case "tenure":
      return "days since the first action";
    case "lifetime_days":
      return "active days ever";
    case "mean_gap":
      return "mean days between active days";
    case "longest_gap":
      return "longest pause in days";
    case "overdue":
      return "time since the last action, in mean gaps";
    case "trend":
      return `trend of active days in the last ${days(feature.days)} (-1 falling, 1 rising)`;
  }
}
