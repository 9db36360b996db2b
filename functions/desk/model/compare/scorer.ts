import type { Day } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { columnMap, pick } from "#churn/features/column-map.ts";
import { featureExtractor } from "#churn/features/features.ts";
import { storedName } from "#churn/features/stored-features.ts";
import { measuresFrom } from "#churn/list/measures.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { ModelParameters } from "#churn/model/parameters.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import type { UserHistory } from "#churn/user-history.ts";

/** What a version says of users at any day. */
export interface Scorer {
  /** The values of its features, in its order. */
  vectorOf(history: UserHistory, at: Day): Float64Array;
  /** The same, and what the user was worth in a churn window, on average lately; undefined where that is not known. */
  withValue(history: UserHistory, at: Day): { readonly vector: Float64Array; readonly value: number | undefined };
  /** Of the model that serves, and of the one that was judged. */
  readonly served: (vector: Float64Array) => number;
  readonly proved: (vector: Float64Array) => number;
}

/** Throws InvalidInput for a version with features that are no longer computed. */
export function scorerOf({ version, features, definition, parameters, proof }: ModelManifest): Scorer {
  const extractor = featureExtractor(definition);
  const columns = columnMap(features, extractor.names);
  const [missing] = columns.missing;
  if (missing !== undefined)
    throw new InvalidInput(`Cannot compare ${version}: its feature ${missing} is no longer computed.`);
  const { churn } = definition;
  const measures = measuresFrom(
    extractor.names.map((name) => storedName(name, churn)),
    churn,
  );
  const predict = (some: ModelParameters) => (vector: Float64Array) => probabilityOf(some, vector);
  return {
    vectorOf: (history, at) => pick(extractor.extract(history, at), columns),
    withValue(history, at) {
      const extracted = extractor.extract(history, at);
      return { vector: pick(extracted, columns), value: measures(extracted).value };
    },
    served: predict(parameters),
    proved: predict(proof?.parameters ?? parameters),
  };
}
