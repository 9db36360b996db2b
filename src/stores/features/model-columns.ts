import { type ColumnMap, columnMap } from "#churn/features/column-map.ts";
import { storedName } from "#churn/features/stored-features.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { FeatureSet } from "./feature-store.ts";

/** Where each of a model's features, in its order, stands in the rows of a set. */
export function modelColumns(
  { features, definition }: Pick<ModelManifest, "features" | "definition">,
  { names }: Pick<FeatureSet, "names">,
): ColumnMap {
  return columnMap(
    features.map((name) => storedName(name, definition.churn)),
    names,
  );
}
