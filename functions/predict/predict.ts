import { riskOf } from "#churn/reasons/reasons.ts";
import type { Risk } from "#churn/score.ts";
import type { PredictionMetrics } from "#runtime/metrics/predictions.ts";
import { onceThere } from "#runtime/once-there.ts";
import type { ServedModel } from "./model.ts";
import type { LapsedRow, ModelRow, RefusedRow, Row } from "./rows.ts";

/** A row with what the model says of it. */
export interface Predicted extends ModelRow {
  readonly probability: number;
  readonly risk: Risk;
}

export type Outcome = Predicted | LapsedRow | RefusedRow;

/** Predicts the rows that can be; the others go through in their places. All are counted. */
export function predictEach(
  rows: readonly Row[],
  model: ServedModel,
  metrics: PredictionMetrics,
): readonly Outcome[] | Promise<readonly Outcome[]> {
  return onceThere(predictAll(rows.filter(isModelRow), model, metrics), (predictions) =>
    inTheirPlaces(rows, predictions, metrics),
  );
}

function inTheirPlaces(
  rows: readonly Row[],
  predictions: readonly Predicted[],
  metrics: PredictionMetrics,
): readonly Outcome[] {
  if (predictions.length === rows.length) return predictions;
  const next = predictions.values();
  return rows.flatMap((row): Outcome | [] => {
    if (isModelRow(row)) return next.next().value ?? [];
    countUnpredicted(row, metrics);
    return row;
  });
}

/** Counts rows without a prediction by what they are. */
export function countUnpredicted(row: LapsedRow | RefusedRow, metrics: PredictionMetrics): void {
  if ("error" in row) metrics.refused(row.reason);
  else metrics.lapsed();
}

/** Predicts all rows of a request in one run of the model, in their order. */
export function predictAll(
  rows: readonly ModelRow[],
  model: ServedModel,
  metrics: PredictionMetrics,
): readonly Predicted[] | Promise<readonly Predicted[]> {
  if (rows.length === 0) return [];
  const { features, thresholds } = model.manifest;
  const start = performance.now();
  return onceThere(model.probabilities(flat(rows, features.length)), (probabilities) => {
    metrics.inferred(rows.length, (performance.now() - start) / 1000);
    return rows.map(({ userId, values }, index) => {
      const probability = probabilities[index];
      if (probability === undefined) throw new RangeError("the model gave fewer probabilities than it got rows");
      const risk = riskOf(probability, thresholds);
      metrics.predicted(risk, probability);
      return { userId, values, probability, risk };
    });
  });
}

function isModelRow(row: Row): row is ModelRow {
  return "values" in row;
}

function flat(rows: readonly ModelRow[], width: number): Float64Array {
  const [first] = rows;
  if (first !== undefined && rows.length === 1) return first.values;
  const all = new Float64Array(rows.length * width);
  for (const [index, { values }] of rows.entries()) all.set(values, index * width);
  return all;
}
