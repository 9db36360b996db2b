import type { Day } from "../day.ts";
import type { UserHistory } from "../user-history.ts";
import type { FeatureExtractor } from "./features.ts";

/**
 * The same extractor, which keeps the vectors of the user whom it was last asked for: several that need the same user at the
 * same snapshots, one after the other, share them. Who is given a vector leaves it as it is.
 */
export function remembering({ names, extract }: FeatureExtractor): FeatureExtractor {
  const vectors = new Map<Day, Float64Array>();
  let current: UserHistory | undefined;
  return {
    names,
    extract(history, at) {
      if (history !== current) vectors.clear();
      current = history;
      const known = vectors.get(at) ?? extract(history, at);
      vectors.set(at, known);
      return known;
    },
  };
}
