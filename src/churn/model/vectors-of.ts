import type { Day } from "../day.ts";
import { columnMap, pick } from "../features/column-map.ts";
import { featureExtractor } from "../features/features.ts";
import type { UserHistory } from "../user-history.ts";
import type { ModelManifest } from "./manifest.ts";

/**
 * Computes a version's vectors: a user's features at the start of day `at`, in the order of the version. Make it once, use it for many
 * users: to make it takes longer than a vector.
 */
export function vectorsOf({
  definition,
  features,
}: Pick<ModelManifest, "definition" | "features">): (history: UserHistory, at: Day) => Float64Array {
  const extractor = featureExtractor(definition);
  const columns = columnMap(features, extractor.names);
  return (history, at) => pick(extractor.extract(history, at), columns);
}
