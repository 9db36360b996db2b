import type { Day } from "../day.ts";
import type { FeatureDefinition } from "../definition.ts";
import type { UserDay, UserHistory } from "../user-history.ts";
import { type Feature, nameOf } from "./feature.ts";

/** Computes vectors of one definition. Make it once, use it for many users. */
export interface FeatureExtractor {
  /** The names of a vector's values, in order. */
  readonly names: readonly string[];
  /**
   * A user's vector at the start of day `at`: reads only days before it, whatever else the history holds.
   * A user without any earlier day has counts of 0, and times since anything of twice the observation window.
   */
  extract(history: UserHistory, at: Day): Float64Array;
}

export function featureExtractor(definition: FeatureDefinition): FeatureExtractor {
  const { observeDays } = definition.churn;
  const windows = windowsOf(definition);
  const features = featureList(definition);
  const actionIndex = new Map(definition.actions.map((action, index) => [action, index]));
  const perWindow = 3 + definition.actions.length;
  const sinceStart = windows.length * perWindow;
  const lifetimeStart = sinceStart + definition.actions.length;
  const never = 2 * observeDays;

  function extract({ days }: UserHistory, at: Day): Float64Array {
    const vector = new Float64Array(features.length).fill(never, sinceStart, lifetimeStart);
    const lifetime = newLifetime();
    const half = at - Math.ceil(observeDays / 2);
    for (const userDay of days) {
      if (userDay.day >= at) break;
      const isNewDay = userDay.day !== lifetime.last;
      if (isNewDay)
        addDay(
          lifetime,
          userDay.day,
          userDay.day >= half ? "later" : userDay.day >= at - observeDays ? "earlier" : "before",
        );
      const age = at - userDay.day;
      const action = actionIndex.get(userDay.action);
      if (action !== undefined) vector[sinceStart + action] = Math.min(age, never);
      // Windows descend, so the first one that is too short ends the search.
      for (let w = 0; w < windows.length && age <= (windows[w] ?? 0); w++)
        add(vector, w * perWindow, userDay, isNewDay, action);
    }
    writeLifetime(vector, lifetimeStart, lifetime, at, never);
    return vector;
  }
  return { names: features.map(nameOf), extract };
}

/** The names of a vector's values under a definition, in order. */
export function featureNames(definition: FeatureDefinition): readonly string[] {
  return featureList(definition).map(nameOf);
}

/** One user's vector at the start of day `at`; see FeatureExtractor. */
export function featuresOf(history: UserHistory, at: Day, definition: FeatureDefinition): Float64Array {
  return featureExtractor(definition).extract(history, at);
}

/** Window lengths in days, longest first: the observation window, the churn window, and a third and a tenth of it. */
function windowsOf({ churn }: FeatureDefinition): readonly number[] {
  const lengths = [
    churn.observeDays,
    churn.churnDays,
    Math.round(churn.churnDays / 3),
    Math.round(churn.churnDays / 10),
  ];
  return [...new Set(lengths.map((days) => Math.max(1, days)))].sort((a, b) => b - a);
}

function featureList(definition: FeatureDefinition): readonly Feature[] {
  const { actions } = definition;
  return [
    ...windowsOf(definition).flatMap((days): Feature[] => [
      { kind: "actions", days },
      { kind: "active_days", days },
      { kind: "value", days },
      ...actions.map((action): Feature => ({ kind: "count", action, days })),
    ]),
    ...actions.map((action): Feature => ({ kind: "since", action, days: 2 * definition.churn.observeDays })),
    { kind: "recency" },
    { kind: "tenure" },
    { kind: "lifetime_days" },
    { kind: "mean_gap" },
    { kind: "longest_gap" },
    { kind: "overdue" },
    { kind: "trend", days: definition.churn.observeDays },
  ];
}

function add(
  vector: Float64Array,
  start: number,
  userDay: UserDay,
  isNewDay: boolean,
  action: number | undefined,
): void {
  bump(vector, start, userDay.count);
  if (isNewDay) bump(vector, start + 1, 1);
  bump(vector, start + 2, userDay.value);
  if (action !== undefined) bump(vector, start + 3 + action, userDay.count);
}

function bump(vector: Float64Array, index: number, by: number): void {
  vector[index] = (vector[index] ?? 0) + by;
}

interface Lifetime {
  first: Day | undefined;
  last: Day | undefined;
  activeDays: number;
  longestGap: number;
  /** Active days in the two halves of the observation window. */
  earlier: number;
  later: number;
}

function newLifetime(): Lifetime {
  return { first: undefined, last: undefined, activeDays: 0, longestGap: 0, earlier: 0, later: 0 };
}

function addDay(lifetime: Lifetime, day: Day, half: "before" | "earlier" | "later"): void {
  lifetime.first ??= day;
  if (lifetime.last !== undefined) lifetime.longestGap = Math.max(lifetime.longestGap, day - lifetime.last);
  lifetime.last = day;
  lifetime.activeDays += 1;
  if (half === "earlier") lifetime.earlier += 1;
  if (half === "later") lifetime.later += 1;
}

function writeLifetime(vector: Float64Array, start: number, lifetime: Lifetime, at: Day, never: number): void {
  const { first, last, activeDays, longestGap, earlier, later } = lifetime;
  const recency = last === undefined ? never : at - last;
  const tenure = first === undefined ? 0 : at - first;
  // One active day has no gap yet: the time since then is the least that the gap can be.
  const meanGap =
    first === undefined || last === undefined ? never : activeDays > 1 ? (last - first) / (activeDays - 1) : recency;
  vector.set(
    [
      recency,
      tenure,
      activeDays,
      meanGap,
      longestGap,
      recency / meanGap,
      (later - earlier) / Math.max(1, later + earlier),
    ],
    start,
  );
}
