import type { Dataset } from "./dataset.ts";
import type { ChurnDefinition } from "./definition.ts";
import { InvalidInput } from "./failure.ts";
import { fitLogistic } from "./fit-logistic.ts";
import { logOdds, sigmoid } from "./logistic.ts";
import type { LogisticParameters, ModelParameters } from "./manifest.ts";
import { applyScaling, fitScaling } from "./scaling.ts";
import { hasBothClasses } from "./select-rows.ts";
import { rowWeights, type Tuning, tune } from "./tune.ts";

export interface TrainedModel {
  readonly parameters: ModelParameters;
  /** Median of each feature in the training rows. */
  readonly typical: readonly number[];
  readonly tuning: Tuning;
  /** Relative norm of the gradient at the solution. */
  readonly gradientNorm: number;
}

/**
 * Fits the L2 logistic regression to training rows, with penalty, half-life and calibration chosen on later snapshots
 * among them. Throws InvalidInput when the rows hold one class only.
 */
export function trainModel(data: Dataset, churn: ChurnDefinition): TrainedModel {
  if (!hasBothClasses(data)) throw new InvalidInput(oneClassMessage(data, churn));
  const tuning = tune(data, churn);
  const { typical, ...scaling } = fitScaling(data);
  const fit = fitLogistic({
    x: applyScaling({ typical, ...scaling }, data),
    y: data.y,
    width: data.names.length,
    l2: tuning.l2,
    rowWeights: rowWeights(data.snapshots, tuning.halfLifeDays),
  });
  const parameters: LogisticParameters = {
    kind: "logistic",
    ...scaling,
    weights: [...fit.weights],
    intercept: fit.intercept,
    calibration: tuning.calibration,
  };
  return { parameters, typical, tuning, gradientNorm: fit.gradientNorm };
}

/** The calibrated probability of each row of a dataset, whose names are the model's features. */
export function probabilitiesOf(parameters: ModelParameters, data: Dataset): Float64Array {
  const width = data.names.length;
  return Float64Array.from({ length: data.rows }, (_, row) =>
    sigmoid(logOddsOf(parameters, data.x.subarray(row * width, (row + 1) * width))),
  );
}

/** Calibrated log-odds of one vector in the model's order, whatever the kind of the model. */
export function logOddsOf(parameters: ModelParameters, x: ArrayLike<number>): number {
  switch (parameters.kind) {
    case "logistic":
      return logOdds(parameters, x);
  }
}

function oneClassMessage(data: Dataset, { churnDays }: ChurnDefinition): string {
  const outcome =
    data.rows === 0 ? "There is no user to learn from" : data.y.includes(1) ? "Every user churned" : "No user churned";
  return `${outcome} in the training snapshots, with a churn window of ${churnDays} days: there is nothing to tell apart. Choose another window, or collect for longer.`;
}
