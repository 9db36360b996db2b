import type { Day } from "../day.ts";
import { type FeatureDefinition, isSameOwn } from "../definition.ts";
import { ownHistory } from "../passive.ts";
import type { UserHistory } from "../user-history.ts";
import { featuresUnder } from "./catalogue.ts";
import { Past } from "./past.ts";

/** Computes vectors of one definition or of several. Make it once, use it for many users. */
export interface FeatureExtractor {
  /** The names of a vector's values, in order. */
  readonly names: readonly string[];
  /**
   * A user's vector at the start of day `at`: reads only days before it, whatever else the history holds.
   * A user without any earlier day has counts of 0, and times since anything of twice observeDays.
   * Several snapshots of one history are best asked for in a row. A caller that is done with a vector may hand it back as `spent`,
   * to be filled anew: of many users, making one for each and tidying it up takes a third of the time.
   */
  extract(history: UserHistory, at: Day, spent?: Float64Array): Float64Array;
}

/**
 * Computes what the definitions ask for, each name once: a name means the same in all, as windows are part of it, and as
 * all take the same actions for the users' own (else throws TypeError: see `storedFeatures`).
 */
export function featureExtractor(...definitions: readonly FeatureDefinition[]): FeatureExtractor {
  const [first, ...others] = definitions.map(({ churn }) => churn);
  if (first !== undefined && !others.every((churn) => isSameOwn(churn, first)))
    throw new TypeError("Definitions with different passive actions have no features in common");
  const past = new Past(2 * Math.max(...definitions.map(({ churn }) => churn.observeDays)));
  const features = new Map(definitions.flatMap(featuresUnder).map((feature) => [feature.name, feature]));
  const measures = Array.from(features.values(), ({ measure }) => measure(past));
  let current: UserHistory | undefined;
  return {
    names: [...features.keys()],
    extract(history, at, spent) {
      if (history !== current) past.read(ownHistory(history, first?.passive));
      current = history;
      past.moveTo(at);
      const vector = spent ?? new Float64Array(measures.length);
      for (let j = 0; j < measures.length; j++) vector[j] = measures[j]?.() ?? Number.NaN;
      return vector;
    },
  };
}

/** Throws a RangeError that names the first value that is no finite number. */
export function requireFinite(values: ArrayLike<number>, names: readonly string[]): void {
  const at = firstNotFinite(values);
  if (at !== undefined) throw new RangeError(`${names[at]} is ${values[at]}`);
}

/** Where the first value stands that is no finite number. */
export function firstNotFinite(values: ArrayLike<number>): number | undefined {
  for (let j = 0; j < values.length; j++) if (!Number.isFinite(values[j])) return j;
  return undefined;
}

/** The names of a vector's values under a definition, in order. */
export function featureNames(definition: FeatureDefinition): readonly string[] {
  return featuresUnder(definition).map(({ name }) => name);
}
