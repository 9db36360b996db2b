import type { Day } from "#churn/day.ts";
import type { ChurnDefinition, FeatureDefinition } from "#churn/definition.ts";
import { featureExtractor } from "#churn/features/features.ts";
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

/** Makes the rows of users; undefined for one who was never seen before the snapshot. */
export function rowMaker({
  snapshot,
  populations,
  definitions,
}: RowsTask): (history: UserHistory) => MadeRow | undefined {
  const extractor = featureExtractor(...definitions);
  return (history) => {
    const standings = populations.flatMap((churn) => standingAt(history, snapshot, churn) ?? []);
    if (standings.length === 0) return undefined;
    const lapsed = standings.map((standing) => (standing.state === "lapsed" ? standing.since : null));
    return { lapsed, vector: lapsed.includes(null) ? extractor.extract(history, snapshot) : undefined };
  };
}
