import type { Day } from "#churn/day.ts";
import type { ChurnDefinition, FeatureDefinition } from "#churn/definition.ts";
import { storedFeatures } from "#churn/features/stored-features.ts";
import { standingAt } from "#churn/population.ts";
import type { UserHistory } from "#churn/user-history.ts";

/** What rows are made by. */
export interface RowsTask {
  readonly snapshot: Day;
  readonly populations: readonly ChurnDefinition[];
  /** Whose features a row holds. */
  readonly definitions: readonly FeatureDefinition[];
}

/** A user's row, as a FeatureRow; without values where the user has lapsed in every population. */
export interface MadeRow {
  readonly lapsed: readonly (Day | null)[];
  readonly vector: Float64Array | undefined;
}

/** A user's row; undefined for one who was never seen before the snapshot. `spent` is a vector that may be filled anew. */
export type MakeRow = (history: UserHistory, spent?: Float64Array) => MadeRow | undefined;

/** Makes the rows of users. */
export function rowMaker({ snapshot, populations, definitions }: RowsTask): MakeRow {
  const extractor = storedFeatures(definitions);
  return (history, spent) => {
    const standings = populations.map((churn) => standingAt(history, snapshot, churn));
    if (standings.every((standing) => standing === undefined)) return undefined;
    const lapsed = standings.map((standing) => {
      if (standing?.state === "here") return null;
      // Who was never here for one model, to which all that they did is passive, has been gone from the beginning.
      return standing?.since ?? history.days[0]?.day ?? snapshot;
    });
    return { lapsed, vector: lapsed.includes(null) ? extract(history, spent) : undefined };
  };

  /** What cannot be computed is no number, and the user is left out where rows are stored: the others go on. */
  function extract(history: UserHistory, spent: Float64Array | undefined): Float64Array {
    try {
      return extractor.extract(history, snapshot, spent);
    } catch {
      return new Float64Array(extractor.names.length).fill(Number.NaN);
    }
  }
}
