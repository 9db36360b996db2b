import type { ChurnDefinition } from "../definition.ts";
import { InvalidInput } from "../failure.ts";
import type { Dataset } from "../features/dataset.ts";
import { groupOf } from "../features/feature-group.ts";
import { hasBothClasses } from "../features/select-rows.ts";
import type { ModelParameters } from "../model/parameters.ts";
import { days } from "../number-words.ts";
import { associationsOf } from "./associations.ts";
import { chooseFamily, type FamilyChoice } from "./choose-family.ts";
import { fitFamily } from "./fit-family.ts";
import type { Progress } from "./progress.ts";

export interface TrainedModel {
  readonly parameters: ModelParameters;
  /** Median of each feature in the training rows. */
  readonly typical: readonly number[];
  /**
   * How each feature goes with churn in the training rows: rhythm and overall activity by themselves, all else among
   * users who are equally active. See `associationsOf`.
   */
  readonly associations: readonly number[];
  /** Of the family. */
  readonly choice: FamilyChoice;
  /** Relative norm of the gradient at the solution of the linear part; 0 without one. */
  readonly gradientNorm: number;
}

/**
 * Fits a model to training rows, of the family that predicts later snapshots among them best. Throws InvalidInput when
 * the rows hold one class only.
 */
export function trainModel(data: Dataset, churn: ChurnDefinition, progress?: Progress): TrainedModel {
  if (!hasBothClasses(data)) throw new InvalidInput(oneClassMessage(data, churn));
  const choice = chooseFamily(data, churn, (fold, folds) => progress?.(fold, folds + 1));
  const { parameters, typical, standardised, gradientNorm } = fitFamily(choice.kind, data, churn);
  const options = { controls: habits(data.names), independentRows: data.rows / snapshotsInWindow };
  const associations = associationsOf(standardised, data.y, data.names.length, options);
  return { parameters, typical, associations, choice, gradientNorm };
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
