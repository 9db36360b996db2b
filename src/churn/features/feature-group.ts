import { parseFeature } from "./feature.ts";

/**
 * What a feature tells about. Features of one group overlap (the windows of one action, the measures of one rhythm), so
 * that a regression may give them weights of opposite signs: only the sum of a group's contributions means something.
 * A name that `nameOf` does not write is a group of its own.
 */
export function groupOf(name: string): string {
  const feature = parseFeature(name);
  switch (feature?.kind) {
    case "recency":
    case "mean_gap":
    case "longest_gap":
    case "overdue":
    case "lifetime_days":
      return "rhythm";
    case "actions":
    case "active_days":
    case "trend":
      return "activity";
    case "value":
      return "value";
    case "tenure":
      return "tenure";
    case "count":
    case "since":
      return `action ${feature.action}`;
    case undefined:
      return `feature ${name}`;
  }
}
