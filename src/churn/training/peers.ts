import type { Dataset } from "../features/dataset.ts";
import { probabilitiesOf } from "../model/predict.ts";
import { fitFamily } from "./fit-family.ts";

/** What a model has to beat to be worth its name: the probabilities that simpler rules give the same rows. */
export interface Peers {
  /** A logistic regression on the days since the last action alone. */
  readonly recency: Float64Array;
  /** The share of the training rows that churned, for everybody. */
  readonly plainRate: Float64Array;
}

/** The peers, fitted to the same training rows as the model, which hold both outcomes, on test rows. */
export function peersOf(training: Dataset, test: Dataset): Peers {
  const { parameters } = fitFamily("logistic", onlyRecency(training));
  const churned = training.y.reduce((sum, label) => sum + label, 0);
  return {
    recency: probabilitiesOf(parameters, onlyRecency(test)),
    plainRate: new Float64Array(test.rows).fill(churned / training.rows),
  };
}

function onlyRecency(data: Dataset): Dataset {
  const name = "days_since_last";
  const column = data.names.indexOf(name);
  const x = Float64Array.from({ length: data.rows }, (_, row) => data.x[row * data.names.length + column] ?? 0);
  return { ...data, names: [name], x };
}
