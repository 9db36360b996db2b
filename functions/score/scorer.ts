import { pick } from "#churn/features/column-map.ts";
import { requireFinite } from "#churn/features/features.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import type { Standing } from "#churn/population.ts";
import { explainer, riskOf } from "#churn/reasons/reasons.ts";
import type { Score } from "#churn/score.ts";
import { NotYet } from "#runtime/failures.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import { modelColumns } from "#stores/features/model-columns.ts";
import { standingsUnder } from "#stores/features/standings.ts";

/** Scores the rows of a set with a version of the model. */
export interface Scorer {
  /** Where the user of a row stands by the definition of the version. */
  standingOf(row: FeatureRow): Standing;
  /** Throws a RangeError for features that are no numbers. */
  scoreOf(row: FeatureRow): Score;
  /** NaN for features that are no numbers. */
  probabilityOf(row: FeatureRow): number;
}

/** A list of users is read, not studied. */
const mostReasons = 3;

/**
 * Throws NotYet where the set lacks what the version needs: the next run of features computes it. `thresholds` are those of the
 * list, by default the version's own.
 */
export function scorerOf(manifest: ModelManifest, set: FeatureSet, thresholds = manifest.thresholds): Scorer {
  const { version, features, parameters, definition } = manifest;
  const columns = modelColumns(manifest, set);
  const [missing] = columns.missing;
  if (missing !== undefined)
    throw new NotYet(`Cannot score with ${version}: ${missing} is not computed yet. Run features first.`);
  const standingOf = standingsUnder(definition.churn, set);
  if (standingOf === undefined)
    throw new NotYet(`Cannot score with ${version}: who is here is not computed yet. Run features first.`);
  const { risksOf } = explainer(manifest);
  return {
    standingOf,
    probabilityOf({ values }) {
      const vector = pick(values, columns);
      return vector.every(Number.isFinite) ? probabilityOf(parameters, vector) : Number.NaN;
    },
    scoreOf({ userId, values }) {
      const vector = pick(values, columns);
      requireFinite(vector, features);
      const probability = probabilityOf(parameters, vector);
      return {
        userId,
        snapshot: set.snapshot,
        probability,
        risk: riskOf(probability, thresholds),
        modelVersion: version,
        reasons: risksOf(vector, mostReasons),
      };
    },
  };
}
