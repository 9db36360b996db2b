import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { hasBothClasses, selectColumn, selectRows } from "../features/select-rows.ts";
import { linearLogOdds, sigmoid } from "../model/logistic.ts";
import { fitLogistic } from "./fit-logistic.ts";
import { rankRows } from "./ranked-rows.ts";
import { applyScaling, fitScaling } from "./scaling.ts";

/** What a model has to beat to be worth its name: the probabilities that simpler rules give the same rows. */
export interface Peers {
  /** A logistic regression on the days since the last action alone. */
  readonly recency: Float64Array;
  /** The share of the training rows that churned, for everybody. */
  readonly plainRate: Float64Array;
}

/**
 * A rule of one or two numbers is best fitted to the newest rows, as the level of churn drifts: on all logs that were
 * tried, two churn windows made recency alone as good as it can be, or nearly so. A weak peer would flatter the model.
 */
const windows = 2;
/** Hardly any: there is one weight. */
const l2 = 1;
const recency = "days_since_last";

/** The peers on test rows, fitted to the newest of the training rows that `keep` accepts by their index, which hold both outcomes. */
export function peersOf(
  training: Dataset,
  test: Dataset,
  churn: ChurnDefinition,
  keep: (row: number) => boolean = () => true,
): Peers {
  const known = newest(selectColumn(training, recency, keep), windows * churn.churnDays);
  const churned = known.y.reduce((sum, label) => sum + label, 0);
  return {
    recency: recencyAlone(
      known,
      selectColumn(test, recency, () => true),
    ),
    plainRate: new Float64Array(test.rows).fill(churned / known.rows),
  };
}

/** The rows of the last days, or all if these hold one outcome only. */
function newest(data: Dataset, days: number): Dataset {
  const last = data.snapshots.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const late = selectRows(data, (row) => (data.snapshots[row] ?? 0) > last - days);
  return hasBothClasses(late) ? late : data;
}

function recencyAlone(training: Dataset, test: Dataset): Float64Array {
  const ranked = rankRows(training.x, 1);
  const scaling = fitScaling(training.names, ranked);
  const { weights, intercept } = fitLogistic({ x: applyScaling(scaling, ranked), y: training.y, width: 1, l2 });
  const linear = { weights: [...weights], intercept };
  return test.x.map((_, row) => sigmoid(linearLogOdds(linear, scaling, test.x.subarray(row, row + 1))));
}
