import type { Dataset } from "../features/dataset.ts";
import { logOdds, sigmoid } from "./logistic.ts";
import type { ModelParameters } from "./manifest.ts";

/** Calibrated log-odds of churn for one vector in the model's order, whatever the kind of the model. */
export function logOddsOf(parameters: ModelParameters, x: ArrayLike<number>): number {
  switch (parameters.kind) {
    case "logistic":
      return logOdds(parameters, x);
  }
}

/** Calibrated probability of churn, 0 … 1. */
export function probabilityOf(parameters: ModelParameters, x: ArrayLike<number>): number {
  return sigmoid(logOddsOf(parameters, x));
}

/** The calibrated probability of each row of a dataset, whose names are the model's features. */
export function probabilitiesOf(parameters: ModelParameters, data: Dataset): Float64Array {
  const width = data.names.length;
  return Float64Array.from({ length: data.rows }, (_, row) =>
    probabilityOf(parameters, data.x.subarray(row * width, (row + 1) * width)),
  );
}
