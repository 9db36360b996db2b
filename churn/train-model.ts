import type { Dataset } from "./dataset.ts";
import type { ChurnDefinition } from "./definition.ts";
import { InvalidInput } from "./failure.ts";
import { fitLogistic } from "./fit-logistic.ts";
import type { LogisticParameters, ModelParameters } from "./manifest.ts";
import { applyScaling, fitScaling } from "./scaling.ts";
import { hasBothClasses } from "./select-rows.ts";
import { type OnStep, rowWeights, type Tuning, tune } from "./tune.ts";

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
export async function trainModel(data: Dataset, churn: ChurnDefinition, onStep?: OnStep): Promise<TrainedModel> {
  if (!hasBothClasses(data)) throw new InvalidInput(oneClassMessage(data, churn));
  const tuning = await tune(data, churn, onStep);
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

function oneClassMessage(data: Dataset, { churnDays }: ChurnDefinition): string {
  const outcome =
    data.rows === 0 ? "There is no user to learn from" : data.y.includes(1) ? "Every user churned" : "No user churned";
  return `${outcome} in the training snapshots, with a churn window of ${churnDays} days: there is nothing to tell apart. Choose another window, or collect for longer.`;
}
