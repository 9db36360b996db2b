import { bucketCount } from "#churn/action.ts";
import { bucketsHolding } from "#churn/buckets.ts";
import { requireFinite } from "#churn/features/features.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import type { Drift } from "#runtime/metrics/drift.ts";
import { pause } from "#runtime/pause.ts";
import type { SkippedUsers } from "#runtime/skipped-users.ts";
import type { FeatureSet, FeatureStore } from "#stores/features/feature-store.ts";
import { modelColumns } from "#stores/features/model-columns.ts";
import { standingsUnder } from "#stores/features/standings.ts";
import { BinCounts } from "./bin-counts.ts";

/**
 * Users with features whose rows are read at most, or one bucket of them if that holds more: chance alone makes a stability index of ten bins
 * of 9 / 200,000, and alerts ask from .25 on.
 */
const mostMeasured = 200_000;
/** So few in the first buckets tell too little: chance alone makes an index of 0.009 of as many. */
const leastMeasured = 1_000;

/**
 * The drift of a set's users who are here from those who were when a model was trained; of many, a sample of whole buckets. Rows are read as a
 * stream, so memory does not grow with their number. A feature that the set lacks is left out, and then so are the probabilities; undefined
 * where no user is here, or the set does not know who is.
 */
export async function measureDrift(
  manifest: ModelManifest,
  set: FeatureSet,
  features: Pick<FeatureStore, "rows" | "countUsers">,
  skipped: SkippedUsers,
): Promise<Drift | undefined> {
  const columns = columnsOf(manifest, set);
  const isWhole = columns.length === manifest.features.length;
  const probabilities = new BinCounts(manifest.reference.probability);
  const vector = new Float64Array(manifest.features.length);
  const standingOf = standingsUnder(manifest.definition.churn, set);
  if (standingOf === undefined) return undefined;
  const { here } = await features.countUsers(set.id);
  const buckets = bucketsHolding(mostMeasured, here);
  let users = 0;
  // Usually the first buckets are enough; they may be those that a run of features has emptied before it was abandoned.
  for (let from = 0; from < bucketCount && users < leastMeasured; from += buckets) {
    for await (const row of features.rows(set.id, { fromBucket: from, beforeBucket: from + buckets })) {
      if (standingOf(row).state === "lapsed") continue;
      const { values } = row;
      if (skipped.attempt(row.userId, () => usable(values, set)) === undefined) continue;
      for (const [j, { position, counts }] of columns.entries()) {
        const value = values[position] ?? 0;
        counts.add(value);
        vector[j] = value;
      }
      if (isWhole) probabilities.add(probabilityOf(manifest.parameters, vector));
      users += 1;
      if (users % 200 === 0) await pause();
    }
  }
  if (users === 0) return undefined;
  return {
    features: new Map(columns.map(({ name, counts }) => [name, counts.psi()])),
    probability: isWhole ? probabilities.psi() : undefined,
  };
}

function usable(values: readonly number[], { names }: FeatureSet): true {
  requireFinite(values, names);
  return true;
}

/** The model's features that the set has, in the model's order, each with its place in a row. */
function columnsOf(manifest: ModelManifest, set: FeatureSet) {
  const { features, reference } = manifest;
  const { columns } = modelColumns(manifest, set);
  return features.flatMap((name, j) => {
    const position = columns[j] ?? -1;
    const bins = reference.features[j];
    return position === -1 || bins === undefined ? [] : [{ name, position, counts: new BinCounts(bins) }];
  });
}
