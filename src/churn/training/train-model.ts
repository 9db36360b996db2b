import type { ChurnDefinition } from "../definition.ts";
import { InvalidInput } from "../failure.ts";
import type { Dataset } from "../features/dataset.ts";
import { groupOf } from "../features/feature-group.ts";
import { hasBothClasses } from "../features/select-rows.ts";
import type { LogisticParameters, ModelParameters } from "../model/manifest.ts";
import { days } from "../number-words.ts";
import { associationsOf } from "./associations.ts";
import { fitLogistic } from "./fit-logistic.ts";
import { applyScaling, fitScaling } from "./scaling.ts";
import { type Progress, rowWeights, type Tuning, tune } from "./tune.ts";

export interface TrainedModel {
  readonly parameters: ModelParameters;
  /** Median of each feature in the training rows. */
  readonly typical: readonly number[];
  /**
   * How each feature goes with churn in the training rows: rhythm and overall activity by themselves, all else among
   * users who are equally active. See `associationsOf`.
   */
  readonly associations: readonly number[];
  readonly tuning: Tuning;
  /** Relative norm of the gradient at the solution. */
  readonly gradientNorm: number;
}

/**
 * Fits the L2 logistic regression to training rows, with penalty, half-life and calibration chosen on later snapshots
 * among them. Throws InvalidInput when the rows hold one class only.
 */
export function trainModel(data: Dataset, churn: ChurnDefinition, progress?: Progress): TrainedModel {
  if (!hasBothClasses(data)) throw new InvalidInput(oneClassMessage(data, churn));
  const tuning = tune(data, churn, progress);
  const { names, y, snapshots } = data;
  const { typical, ...scaling } = fitScaling(data);
  const x = applyScaling({ typical, ...scaling }, data);
  const { l2, halfLifeDays, calibration } = tuning;
  const problem = { x, y, width: names.length, l2, rowWeights: rowWeights(snapshots, halfLifeDays) };
  const { weights, intercept, gradientNorm } = fitLogistic(problem);
  const parameters: LogisticParameters = {
    kind: "logistic",
    ...scaling,
    weights: [...weights],
    intercept,
    calibration,
  };
  const options = { controls: habits(names), independentRows: data.rows / snapshotsInWindow };
  const associations = associationsOf(x, y, names.length, options);
  return { parameters, typical, associations, tuning, gradientNorm };
}

/** Snapshots are a third of a churn window apart, so the labels of three overlap (see planSplit). */
const snapshotsInWindow = 3;

/** Where the features stand that tell how active a user is, whatever they do. */
function habits(names: readonly string[]): number[] {
  return names.flatMap((name, j) => (["rhythm", "activity"].includes(groupOf(name)) ? [j] : []));
}

function oneClassMessage(data: Dataset, { churnDays }: ChurnDefinition): string {
  const outcome =
    data.rows === 0 ? "There is no user to learn from" : data.y.includes(1) ? "Every user churned" : "No user churned";
  return `${outcome} in the training snapshots, with a churn window of ${days(churnDays)}: there is nothing to tell apart. Choose another window, or collect for longer.`;
}
