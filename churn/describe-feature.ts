import { type Feature, parseFeature } from "./feature.ts";

/** A feature's name in words: `days since the last action`, `“login” in the last 30 days`. */
export function describeFeature(name: string): string {
  const feature = parseFeature(name);
  return feature === undefined ? name : describe(feature);
}

/** One user's value of a feature beside the typical one: `last action 34 days ago (typically 5)`. */
export function describeValue(name: string, value: number, typical: number): string {
  const feature = parseFeature(name);
  if (feature === undefined) return `${name} is ${round(value)} (typically ${round(typical)})`;
  return `${tell(feature, value)} (typically ${typicalOf(feature, typical)})`;
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

function tell(feature: Feature, value: number): string {
  switch (feature.kind) {
    case "actions":
      return `${round(value)} ${value === 1 ? "action" : "actions"} in the last ${days(feature.days)}`;
    case "active_days":
      return `${round(value)} active ${value === 1 ? "day" : "days"} in the last ${days(feature.days)}`;
    case "value":
      return `total value ${round(value)} in the last ${days(feature.days)}`;
    case "count":
      return `${times(value)} “${feature.action}” in the last ${days(feature.days)}`;
    case "since":
      return value >= feature.days
        ? `no “${feature.action}” for ${days(value)} or more`
        : `last “${feature.action}” ${days(value)} ago`;
    case "recency":
      return `last action ${days(value)} ago`;
    case "tenure":
      return `first action ${days(value)} ago`;
    case "lifetime_days":
      return `${round(value)} active ${value === 1 ? "day" : "days"} ever`;
    case "mean_gap":
      return `on average ${days(value)} between active days`;
    case "longest_gap":
      return `longest pause so far ${days(value)}`;
    case "overdue":
      return `silent for ${round(value)} times the usual gap`;
    case "trend":
      return `active days ${value < 0 ? "fell" : "rose"} by ${percent(Math.abs(value))} within ${days(feature.days)}`;
  }
}

function typicalOf(feature: Feature, typical: number): string {
  return feature.kind === "trend" ? `${typical < 0 ? "-" : "+"}${percent(Math.abs(typical))}` : round(typical);
}

function times(count: number): string {
  return count === 0 ? "no" : `${round(count)} ×`;
}

function days(count: number): string {
  return `${round(count)} ${count === 1 ? "day" : "days"}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** At most three significant digits, and no more than one decimal place above 10. */
function round(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(decimals)));
}
