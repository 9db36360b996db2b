import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { hasBothClasses, selectRows } from "../features/select-rows.ts";
import { fnv1a, uniform } from "../hash.ts";
import { logLoss } from "../metrics/log-loss.ts";
import type { ModelKind, ModelParameters } from "../model/parameters.ts";
import { probabilitiesOf } from "../model/predict.ts";
import { fitFamily } from "./fit-family.ts";

export interface FamilyChoice {
  readonly kind: ModelKind;
  /** Mean log loss of each family on later training snapshots, least first; empty where there is none to judge on. */
  readonly losses: readonly { readonly kind: ModelKind; readonly logLoss: number }[];
  /** A model of an earlier part of the rows, from which the optimum for all of them is found sooner. */
  readonly near?: ModelParameters | undefined;
}

/** Snapshots to judge on, a churn window apart, so that the season of one does not decide. */
const mostFolds = 3;
/** A family takes the place of the blend if its loss is less by more than this share: smaller differences come and go. */
const margin = 0.01;
/** Rows to fit to in one of them; the choice does not need all. */
const mostRows = 7_000;

/**
 * The blend, which is best or nearly so on every log that was tried, unless another family has clearly less log loss in
 * rolling-origin validation within the training rows, and less at every snapshot of it: for each of some late snapshots,
 * models are fitted to those whose outcomes were complete before it, as it is when the model serves.
 */
export function chooseFamily(
  data: Dataset,
  churn: ChurnDefinition,
  progress: (fold: number, folds: number) => void,
): FamilyChoice {
  const folds: Fold[] = [];
  let near: ModelParameters | undefined;
  const days = daysApart(data.snapshots, churn.churnDays);
  for (const [done, day] of days.entries()) {
    progress(done, days.length);
    const before = day - churn.churnDays - churn.leadDays;
    const earlier = thinned(selectRows(data, (row) => (data.snapshots[row] ?? 0) <= before));
    const later = selectRows(data, (row) => data.snapshots[row] === day);
    if (!hasBothClasses(earlier) || later.rows === 0) continue;
    const models = candidates(earlier, near);
    near = models[0];
    const losses = new Map(models.map((model) => [model.kind, logLoss(later.y, probabilitiesOf(model, later))]));
    folds.push({ rows: later.rows, losses });
  }
  const losses = meanLosses(folds);
  const [best] = losses;
  const ofBlend = losses.find(({ kind }) => kind === "blend")?.logLoss ?? Number.POSITIVE_INFINITY;
  const isClear =
    best !== undefined &&
    best.logLoss < (1 - margin) * ofBlend &&
    folds.every((fold) => lossOf(best.kind, fold) < lossOf("blend", fold));
  return { kind: isClear ? best.kind : "blend", losses, near };
}

interface Fold {
  readonly rows: number;
  /** Mean log loss of each family. */
  readonly losses: ReadonlyMap<ModelKind, number>;
}

/** The latest snapshot, the latest at least a churn window before it, and so on; ascending. */
function daysApart(snapshots: Int32Array, churnDays: number): number[] {
  const found: number[] = [];
  for (const day of [...new Set(snapshots)].sort((a, b) => b - a)) {
    if (found.length < mostFolds && (found[0] === undefined || day <= found[0] - churnDays)) found.unshift(day);
  }
  return found;
}

/** Over the rows of all folds, least first. */
function meanLosses(folds: readonly Fold[]): FamilyChoice["losses"] {
  const rows = folds.reduce((sum, fold) => sum + fold.rows, 0);
  const kinds = [...(folds[0]?.losses.keys() ?? [])];
  return kinds
    .map((kind) => ({ kind, logLoss: folds.reduce((sum, fold) => sum + fold.rows * lossOf(kind, fold), 0) / rows }))
    .sort((a, b) => a.logLoss - b.logLoss);
}

function lossOf(kind: ModelKind, { losses }: Fold): number {
  return losses.get(kind) ?? Number.POSITIVE_INFINITY;
}

/** A model of each family. A blend holds the parts of the others. */
function candidates(data: Dataset, near: ModelParameters | undefined): ModelParameters[] {
  const { parameters } = fitFamily("blend", data, near);
  if (parameters.kind !== "blend") return [parameters];
  const { scaling, linear, trees } = parameters;
  return [parameters, { kind: "logistic", scaling, linear }, { kind: "trees", scaling, trees }];
}

/** About `mostRows` of the rows, by a hash of user and snapshot: always the same ones. */
function thinned(data: Dataset): Dataset {
  const share = mostRows / data.rows;
  if (share >= 1) return data;
  return selectRows(data, (row) => uniform(fnv1a(`fold\0${data.snapshots[row]}\0${data.users[row]}`)) < share);
}
