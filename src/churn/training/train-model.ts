import type { ChurnDefinition } from "../definition.ts";
import { TooLittleToLearn } from "../failure.ts";
import type { Dataset } from "../features/dataset.ts";
import { groupOf } from "../features/feature-group.ts";
import { hasBothClasses } from "../features/select-rows.ts";
import type { LinearParameters, ModelKind, ModelParameters } from "../model/parameters.ts";
import { days } from "../number-words.ts";
import { associationsOf } from "./associations.ts";
import { beginChoice, type FamilyChoice } from "./choose-family.ts";
import { beginFit, type GrowTrees, growHere, modelOf } from "./fit-family.ts";
import { type FitRows, fitRowsOf } from "./fit-rows.ts";
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

/** A model of which the trees may still be growing. */
export interface BegunModel {
  readonly linear: LinearParameters;
  end(progress?: Progress): Promise<TrainedModel>;
}

/**
 * Begins to fit a model to training rows, of the family that predicts later snapshots among them best. Throws TooLittleToLearn when
 * the rows hold one class only.
 */
export function beginModel(rows: FitRows, churn: ChurnDefinition, grow: GrowTrees): BegunModel {
  requireBothClasses(rows, churn);
  const choosing = beginChoice(rows, churn, grow);
  // Before it is known which family it will be: most often it is the blend, which has both parts.
  const { scaling, linear, trees, gradientNorm } = beginFit(rows, grow, choosing.near);
  return {
    linear,
    async end(progress) {
      const choice = await choosing.end((fold, folds) => progress?.(fold, folds + 1));
      const parameters = await modelOf(choice.kind, { scaling, linear, trees });
      return { parameters, gradientNorm: choice.kind === "trees" ? 0 : gradientNorm, choice };
    },
  };
}

/** Fits a model, of the family that is best, in one go; see `beginModel`. */
export async function trainModel(data: Dataset, churn: ChurnDefinition): Promise<TrainedModel> {
  return beginModel(fitRowsOf(data), churn, growHere).end();
}

/** A model, of a family that is named once it is known. */
export interface BegunFittedModel {
  end(kind: ModelKind): Promise<FittedModel>;
}

/**
 * Begins to fit a model whose family is not known yet, sooner if one of nearly the same rows is known. Throws TooLittleToLearn when the
 * rows hold one class only.
 */
export function beginFittedModel(
  rows: FitRows,
  churn: ChurnDefinition,
  grow: GrowTrees,
  near: LinearParameters,
): BegunFittedModel {
  requireBothClasses(rows, churn);
  const { typical, standardised, scaling, linear, trees, gradientNorm } = beginFit(rows, grow, near);
  const { names } = rows.data;
  const options = { controls: habits(names), independentRows: independentRows(rows, churn) };
  const associations = associationsOf(standardised, rows.y, names.length, options);
  return {
    async end(kind) {
      const parameters = await modelOf(kind, { scaling, linear, trees });
      return { parameters, typical, associations, gradientNorm: kind === "trees" ? 0 : gradientNorm };
    },
  };
}

/** Where snapshots are closer than a churn window, outcomes overlap: as many rows as there would be without. */
function independentRows({ snapshots }: FitRows, { churnDays }: ChurnDefinition): number {
  const distinct = [...new Set(snapshots)].sort((a, b) => a - b);
  const windows = 1 + ((distinct.at(-1) ?? 0) - (distinct[0] ?? 0)) / churnDays;
  return snapshots.length * Math.min(1, windows / distinct.length);
}

/** Where the features stand that tell how active a user is, whatever they do. */
function habits(names: readonly string[]): number[] {
  return names.flatMap((name, j) => (["rhythm", "activity"].includes(groupOf(name)) ? [j] : []));
}

function requireBothClasses({ y }: FitRows, { churnDays }: ChurnDefinition): void {
  if (hasBothClasses({ y })) return;
  const outcome =
    y.length === 0 ? "There is no user to learn from" : y.includes(1) ? "Every user churned" : "No user churned";
  throw new TooLittleToLearn(
    `${outcome} in the training snapshots, with a churn window of ${days(churnDays)}: there is nothing to tell apart. Choose another window, or collect for longer.`,
  );
}
