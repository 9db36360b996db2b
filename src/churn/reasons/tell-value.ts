import type { Feature } from "../features/feature.ts";
import { days, percent, round } from "../number-words.ts";

/** A feature of a model. */
export interface TellableFeature {
  readonly name: string;
  /** What the name says; undefined where lapse did not write it. */
  readonly feature: Feature | undefined;
  /** The median of the users that the model was trained on. */
  readonly typical: number;
}

/** One value of one user, as a reason. */
export interface Telling extends TellableFeature {
  readonly value: number;
  /** Whether it is to explain a higher risk, or a lower one. */
  readonly raisesRisk: boolean;
  /** The user's value of another feature; undefined where the model does not have it. */
  readonly other: (feature: Feature) => number | undefined;
}

/**
 * One user's value of a feature beside the typical one: `last action 34 days ago (typically 5)`. Undefined where no
 * sentence about it would be true and mean something: a value no different from the typical one, a gap between active
 * days of somebody who had only one, a short pause as a reason to leave.
 */
export function tellValue(telling: Telling): string | undefined {
  const { name, feature, value, typical } = telling;
  if (round(value) === round(typical)) return undefined;
  return feature === undefined ? `${name} is ${round(value)} (typically ${round(typical)})` : tell(feature, telling);
}

function tell(feature: Feature, telling: Telling): string | undefined {
  const { value, typical } = telling;
  const beside = `(typically ${round(typical)})`;
  switch (feature.kind) {
    case "actions":
      return `${number(telling, "action", "actions")} in the last ${days(feature.days)} ${beside}`;
    case "active_days":
      return `${number(telling, "active day", "active days")} in the last ${days(feature.days)} ${beside}`;
    case "count":
      return `${times(telling, feature.action)} in the last ${days(feature.days)} ${beside}`;
    case "value":
      return `total value ${round(value)} in the last ${days(feature.days)} ${beside}`;
    case "since":
      return tellSince(feature, telling);
    case "recency":
      return tellRecency(telling);
    case "tenure":
      return activeDays(telling) === 0 ? undefined : `first action ${days(value)} ago ${beside}`;
    case "lifetime_days":
      return tellLifetime(telling);
    case "mean_gap":
      return tellMeanGap(telling);
    case "longest_gap":
      return tellLongestGap(telling);
    case "overdue":
      return tellOverdue(telling);
    case "trend":
      return tellTrend(feature.days, telling);
  }
}

function tellSince({ action, days: most }: { action: string; days: number }, { value, typical, other }: Telling) {
  const usual = typical >= most ? `not for ${days(most)}` : `${days(typical)} ago`;
  if (value < most) return `last “${action}” ${days(value)} ago (typically ${usual})`;
  const isNewer = (other({ kind: "tenure" }) ?? most) < most;
  return `no “${action}” ${isNewer ? "ever" : `for ${days(most)} or more`} (typically ${usual})`;
}

function tellRecency(telling: Telling): string | undefined {
  const { value, typical } = telling;
  const active = activeDays(telling);
  if (active === 0) return undefined;
  if (active === 1) return `only one active day ever, ${days(value)} ago (typically ${days(typical)} ago)`;
  return `last action ${days(value)} ago (typically ${round(typical)})`;
}

function tellLifetime(telling: Telling): string {
  const { value, typical, other } = telling;
  const recency = other({ kind: "recency" });
  if (value === 1 && recency !== undefined)
    return `only one active day ever (typically ${round(typical)}), ${days(recency)} ago`;
  return `active on ${only(telling)}${days(value)} ever (typically ${round(typical)})`;
}

/** One active day has no gap, and two have no average. */
function tellMeanGap(telling: Telling): string | undefined {
  const { value, typical, other } = telling;
  const active = activeDays(telling);
  if (active < 2) return undefined;
  const recency = other({ kind: "recency" });
  const last = recency === undefined ? "" : `, the last ${days(recency)} ago`;
  return active === 2
    ? `only two active days ever, ${days(value)} apart${last} (typically ${round(typical)} apart)`
    : `active only every ${days(value)} on average${last} (typically every ${round(typical)})`;
}

/** A pause that was survived is a reason to stay; that there was none so far is no reason to leave. */
function tellLongestGap(telling: Telling): string | undefined {
  const { value, typical, raisesRisk } = telling;
  if (activeDays(telling) < 2) return undefined;
  const beside = `(typically ${round(typical)})`;
  if (value < typical) return raisesRisk ? undefined : `no pause longer than ${days(value)} so far ${beside}`;
  return raisesRisk
    ? `has paused for ${days(value)} before ${beside}`
    : `came back after ${days(value)} before ${beside}`;
}

/** With one's own habit, so the typical user's is not mentioned. */
function tellOverdue(telling: Telling): string | undefined {
  const { value, raisesRisk, other } = telling;
  const recency = other({ kind: "recency" });
  const gap = other({ kind: "mean_gap" });
  // A single gap is no habit.
  if (recency === undefined || gap === undefined || activeDays(telling) < 3) return undefined;
  if (value > 1)
    return raisesRisk
      ? `silent for ${days(recency)}, ${roughly(value)} times the usual gap of ${days(roughly(gap))}`
      : undefined;
  return raisesRisk ? undefined : `last action ${days(recency)} ago, within the usual gap of ${days(roughly(gap))}`;
}

/** In which half of the window the active days lie; of a single one that says no more than when it was. */
function tellTrend(window: number, { value, typical, other }: Telling): string | undefined {
  const active = other({ kind: "active_days", days: window });
  if (active !== undefined && active < 2) return undefined;
  const half = Math.ceil(window / 2);
  const [share, usual, where] =
    value < typical
      ? [(1 - value) / 2, (1 - typical) / 2, `were more than ${days(half)} ago`]
      : [(1 + value) / 2, (1 + typical) / 2, `were in the last ${half}`];
  return `${percent(share)} of the active days in the last ${days(window)} ${where} (typically ${percent(usual)})`;
}

/** Days with an action ever; many where the model does not count them. */
function activeDays({ feature, value, other }: Telling): number {
  return (feature?.kind === "lifetime_days" ? value : other({ kind: "lifetime_days" })) ?? Number.POSITIVE_INFINITY;
}

/** With a decimal place below 10 only: a ratio or a mean is no more exact than that. */
function roughly(value: number): number {
  return Number(value.toFixed(value < 9.95 ? 1 : 0));
}

function number(telling: Telling, one: string, many: string): string {
  const { value } = telling;
  if (value === 0) return `no ${one}`;
  return `${only(telling)}${round(value)} ${value === 1 ? one : many}`;
}

function times(telling: Telling, action: string): string {
  return telling.value === 0 ? `no “${action}”` : `${only(telling)}${round(telling.value)} × “${action}”`;
}

function only({ value, typical }: Telling): string {
  return value < typical ? "only " : "";
}
