import type { Dataset } from "../features/dataset.ts";
import { compiled } from "./compiled.ts";
import { linearLogOdds, sigmoid } from "./logistic.ts";
import { type ModelParameters, partsOf } from "./parameters.ts";
import { treesLogOdds } from "./trees.ts";

/** Log-odds of churn for one vector in the model's order, whatever the family of the model. */
export function logOddsOf(parameters: ModelParameters, x: ArrayLike<number>): number {
  const { scaling, linear, trees } = partsOf(parameters);
  return (
    (linear === undefined ? 0 : linear.share * linearLogOdds(linear.part, scaling, x)) +
    (trees === undefined ? 0 : trees.share * treesLogOdds(trees.part, x))
  );
}

/** Probability of churn, 0 … 1. */
export function probabilityOf(parameters: ModelParameters, x: ArrayLike<number>): number {
  return sigmoid(logOddsOf(parameters, x));
}

/** The probability of each row of a dataset, whose names are the model's features. */
export function probabilitiesOf(parameters: ModelParameters, data: Dataset): Float64Array {
  const width = data.names.length;
  const probability = compiled(parameters);
  const probabilities = new Float64Array(data.rows);
  for (let row = 0; row < data.rows; row++) probabilities[row] = probability(data.x, row * width);
  return probabilities;
}
