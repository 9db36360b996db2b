import type { Day } from "#churn/day.ts";
import type { FeatureDefinition } from "#churn/definition.ts";
import { featureExtractor } from "#churn/features/features.ts";
import type { UserHistory } from "#churn/user-history.ts";

/** One user's vector at the start of day `at`; see FeatureExtractor. */
export function featuresOf(history: UserHistory, at: Day, definition: FeatureDefinition): Float64Array {
  return featureExtractor(definition).extract(history, at);
}
