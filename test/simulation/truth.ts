import type { Day } from "#churn/day.ts";
import { type Dataset, DatasetBuilder } from "#churn/features/dataset.ts";
import { clustersOf, estimate, resampleMean } from "#churn/metrics/bootstrap.ts";
import { logLosses } from "#churn/metrics/log-loss.ts";
import { mean } from "#churn/metrics/mean.ts";
import { pairedDifference } from "#churn/metrics/paired-bootstrap.ts";
import type { Estimate } from "#churn/model/estimate.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { GenerateOptions } from "#scripts/generate/generate-actions.ts";
import { chancesOfSilence } from "./known-chances.ts";
import { simulateHistories } from "./simulated-log.ts";

type Served = Pick<ModelManifest, "definition" | "parameters">;

/**
 * How much better (below 0) one model really is than another: the difference of their log losses as served, on many other
 * people who live as those of the log do and of whom everything is known, at a snapshot and a churn window later.
 */
export function trueDifference(a: Served, b: Served, others: readonly UserHistory[], snapshot: Day): Estimate {
  const { rows, own, its } = servedTo(others, a, b, snapshot);
  return pairedDifference(rows.y, own, its, rows.users, "truth", 200);
}

/**
 * The same, expected by the probabilities with which these people leave, which only the simulation knows, instead of what came of
 * them: most of the chance is in that.
 */
export function expectedDifference(a: Served, b: Served, options: GenerateOptions, snapshot: Day): Estimate {
  const { rows, own, its } = servedTo(simulateHistories(options), a, b, snapshot);
  const { churnDays } = a.definition.churn;
  const chances = new Map(snapshotsFrom(snapshot, a).map((day) => [day, chancesOfSilence(options, day, churnDays)]));
  const known = rows.users.map((user, row) => chances.get(rows.snapshots[row] ?? 0)?.get(user) ?? 1);
  const [ownLosses, itsLosses] = [expectedLosses(known, own), expectedLosses(known, its)];
  const differences = ownLosses.map((loss, row) => loss - (itsLosses[row] ?? 0));
  const resampled = resampleMean(differences, clustersOf(rows.users), { seed: "truth", resamples: 200 });
  return estimate(mean(differences), resampled);
}

interface ServedRows {
  readonly rows: Dataset;
  /** What either model says of each. */
  readonly own: Float64Array;
  readonly its: Float64Array;
}

function servedTo(others: readonly UserHistory[], a: Served, b: Served, snapshot: Day): ServedRows {
  const rowsOf = (model: Served) => {
    const builder = new DatasetBuilder({ definition: model.definition, snapshots: snapshotsFrom(snapshot, model) });
    for (const history of others) builder.add(history);
    return builder.build();
  };
  const rows = rowsOf(a);
  const isSame = JSON.stringify(a.definition) === JSON.stringify(b.definition);
  return {
    rows,
    own: probabilitiesOf(a.parameters, rows),
    its: probabilitiesOf(b.parameters, isSame ? rows : rowsOf(b)),
  };
}

function snapshotsFrom(snapshot: Day, { definition }: Served): Day[] {
  return [snapshot, snapshot + definition.churn.churnDays];
}

/** Of each person, by the chance that they leave. */
function expectedLosses(chances: readonly number[], p: Float64Array): Float64Array {
  const ifLeft = logLosses(new Uint8Array(p.length).fill(1), p);
  const ifStayed = logLosses(new Uint8Array(p.length), p);
  return ifLeft.map((loss, row) => {
    const chance = chances[row] ?? 1;
    return chance * loss + (1 - chance) * (ifStayed[row] ?? 0);
  });
}
