import type { ChurnDefinition } from "../definition.ts";
import { InvalidInput } from "../failure.ts";
import type { Dataset } from "../features/dataset.ts";
import { groupOf } from "../features/feature-group.ts";
import { hasBothClasses } from "../features/select-rows.ts";
import type { ModelKind, ModelParameters } from "../model/parameters.ts";
import { days } from "../number-words.ts";
import { associationsOf } from "./associations.ts";
import { chooseFamily, type FamilyChoice } from "./choose-family.ts";
import { fitFamily } from "./fit-family.ts";
import type { Progress } from "./progress.ts";

export interface FittedModel {
  readonly parameters: ModelParameters;
  /** Median of each feature in the training rows. */
  readonly typical: readonly number[];
  /**
   * How each feature goes with churn in the training rows: rhythm and overall activity by themselves, all else among
   * users who are equally active. See `associationsOf`.
   */
  readonly associations: readonly number[];
  /** Relative norm of the gradient at the solution of the linear part; 0 without one. */
  readonly gradientNorm: number;
}

export interface TrainedModel extends Pick<FittedModel, "parameters" | "gradientNorm"> {
  /** Of the family. */
  readonly choice: FamilyChoice;
}

/**
 * Fits a model to training rows, of the family that predicts later snapshots among them best. Throws InvalidInput when
 * the rows hold one class only.
 */
export function trainModel(data: Dataset, churn: ChurnDefinition, progress?: Progress): TrainedModel {
  requireBothClasses(data, churn);
  const choice = chooseFamily(data, churn, (fold, folds) => progress?.(fold, folds + 1));
  const { parameters, gradientNorm } = fitFamily(choice.kind, data, choice.near);
  return { parameters, gradientNorm, choice };
}

/**
 * Fits a model of a family that is given, sooner if one of nearly the same rows is known. Throws InvalidInput when the rows
 * hold one class only.
 */
export function fitModel(kind: ModelKind, data: Dataset, churn: ChurnDefinition, near?: ModelParameters): FittedModel {
  requireBothClasses(data, churn);
  const { parameters, typical, standardised, gradientNorm } = fitFamily(kind, data, near);
  const options = { controls: habits(data.names), independentRows: independentRows(data, churn) };
  const associations = associationsOf(standardised, data.y, data.names.length, options);
  return { parameters, typical, associations, gradientNorm };
}

/** Where snapshots are closer than a churn window, outcomes overlap: as many rows as there would be without. */
function independentRows({ rows, snapshots }: Dataset, { churnDays }: ChurnDefinition): number {
  const distinct = [...new Set(snapshots)].sort((a, b) => a - b);
  const windows = 1 + ((distinct.at(-1) ?? 0) - (distinct[0] ?? 0)) / churnDays;
  return rows * Math.min(1, windows / distinct.length);
}

/** Where the features stand that tell how active a user is, whatever they do. */
function habits(names: readonly string[]): number[] {
  return names.flatMap((name, j) => (["rhythm", "activity"].includes(groupOf(name)) ? [j] : []));
}

function requireBothClasses(data: Dataset, { churnDays }: ChurnDefinition): void {
  if (hasBothClasses(data)) return;
  const outcome =
    data.rows === 0 ? "There is no user to learn from" : data.y.includes(1) ? "Every user churned" : "No user churned";
  throw new InvalidInput(
    `${outcome} in the training snapshots, with a churn window of ${days(churnDays)}: there is nothing to tell apart. Choose another window, or collect for longer.`,
  );
}
