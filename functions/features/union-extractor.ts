import type { Day } from "#churn/day.ts";
import type { FeatureDefinition } from "#churn/definition.ts";
import { featureExtractor } from "#churn/features/features.ts";
import type { UserHistory } from "#churn/user-history.ts";

/** Computes what several definitions ask for, each name once. */
export interface UnionExtractor {
  readonly names: readonly string[];
  extract(history: UserHistory, at: Day): number[];
}

/** A name means the same in every definition, as windows are part of it. */
export function unionExtractor(definitions: readonly FeatureDefinition[]): UnionExtractor {
  const extractors = definitions.map(featureExtractor);
  const seen = new Set<string>();
  const picks = extractors.map(({ names }) =>
    names.flatMap((name, index) => {
      if (seen.has(name)) return [];
      seen.add(name);
      return [index];
    }),
  );
  return {
    names: [...seen],
    extract: (history, at) =>
      extractors.flatMap((extractor, e) => {
        const vector = extractor.extract(history, at);
        return (picks[e] ?? []).map((index) => vector[index] ?? 0);
      }),
  };
}
