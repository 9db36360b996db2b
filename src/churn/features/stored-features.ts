import { type ChurnDefinition, type FeatureDefinition, isSameOwn } from "../definition.ts";
import { type FeatureExtractor, featureExtractor } from "./features.ts";

/**
 * Computes what several definitions ask for, to be stored in one row. Definitions that take other actions for the users'
 * own mean other values by the same names, so each value has its `storedName`.
 */
export function storedFeatures(definitions: readonly FeatureDefinition[]): FeatureExtractor {
  const groups: FeatureDefinition[][] = [];
  for (const definition of definitions) {
    const same = groups.find(([first]) => first !== undefined && isSameOwn(first.churn, definition.churn));
    if (same === undefined) groups.push([definition]);
    else same.push(definition);
  }
  const extractors = groups.map((group) => featureExtractor(...group));
  const names = groups.flatMap(([first], i) =>
    first === undefined ? [] : (extractors[i]?.names ?? []).map((name) => storedName(name, first.churn)),
  );
  const [only, ...others] = extractors;
  if (only !== undefined && others.length === 0) return { names, extract: only.extract };
  return {
    names,
    extract(history, at, spent) {
      const vector = spent ?? new Float64Array(names.length);
      let from = 0;
      for (const extractor of extractors) {
        const values = extractor.extract(history, at);
        vector.set(values, from);
        from += values.length;
      }
      return vector;
    },
  };
}

/** What a feature of a definition is called in stored rows: `actions_30d`, `actions_30d without email_*, push_*`. */
export function storedName(name: string, { passive = [] }: Pick<ChurnDefinition, "passive">): string {
  return passive.length === 0 ? name : `${name} without ${passive.join(", ")}`;
}
