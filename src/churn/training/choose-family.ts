import type { Day } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { hasBothClasses, selectRows } from "../features/select-rows.ts";
import { fnv1a, uniform } from "../hash.ts";
import { logLoss } from "../metrics/log-loss.ts";
import type { LinearParameters, ModelKind } from "../model/parameters.ts";
import { probabilitiesOf } from "../model/predict.ts";
import { type BegunFit, beginFit, type GrowTrees, modelOf } from "./fit-family.ts";
import { type FitRows, selectFitRows } from "./fit-rows.ts";

export interface FamilyChoice {
  readonly kind: ModelKind;
  /**
   * Mean log loss of each family on the later training snapshots that were needed to choose, least first; empty where there is none to
   * judge on.
   */
  readonly losses: readonly { readonly kind: ModelKind; readonly logLoss: number }[];
}

const kinds: readonly ModelKind[] = ["blend", "logistic", "trees"];
/** Snapshots to judge on, a churn window apart, so that the season of one does not decide. */
const mostFolds = 3;
/** A family takes the place of the blend if its loss is less by more than this share: smaller differences come and go. */
const margin = 0.01;
/** Rows to fit to in one of them; the choice does not need all. */
const mostRows = 7_000;

/** A choice of which the trees may still be growing. */
export interface BegunChoice {
  /** The linear part of a model of an earlier part of the rows, from which the optimum for all of them is found sooner. */
  readonly near: LinearParameters | undefined;
  /** Told before each fold is judged. */
  end(progress: (fold: number, folds: number) => void): Promise<FamilyChoice>;
}

/**
 * The blend, which is best or nearly so on every log that was tried, unless another family has clearly less log loss in
 * rolling-origin validation within the training rows, and less at every snapshot of it: for each of some late snapshots, the newest
 * first, models are fitted to those whose outcomes were complete before it, as it is when the model serves. As soon as no
 * other family has been better at every one, the earlier snapshots can change nothing, and no more models are fitted.
 */
export function beginChoice(rows: FitRows, churn: ChurnDefinition, grow: GrowTrees): BegunChoice {
  const days = daysApart(rows.snapshots, churn.churnDays);
  const begun = begunFolds(days, (day, near) => beginFold(day, rows, churn, grow, near));
  // Its trees grow while others begin to fit what they need.
  const newest = begun.next().value;
  return {
    near: newest?.parts.linear,
    async end(progress) {
      const judged: JudgedFold[] = [];
      for (let fold = newest; fold !== undefined; fold = begun.next().value) {
        progress(judged.length, days.length);
        judged.push(await judge(fold));
        if (contenders(judged).length === 0) break;
      }
      return choiceOf(judged);
    },
  };
}

interface BegunFold {
  /** The rows to judge on. */
  readonly later: Dataset;
  readonly parts: Pick<BegunFit, "scaling" | "linear" | "trees">;
}

/** The folds of some days, each begun when it is asked for; the optimum of each is found sooner from that of the one before. */
function* begunFolds(
  days: readonly Day[],
  begin: (day: Day, near: LinearParameters | undefined) => BegunFold | undefined,
): Generator<BegunFold, undefined> {
  let near: LinearParameters | undefined;
  for (const day of days) {
    const fold = begin(day, near);
    if (fold === undefined) continue;
    near = fold.parts.linear;
    yield fold;
  }
}

/** Undefined where the rows whose outcomes were known that day hold one outcome only. */
function beginFold(
  day: Day,
  rows: FitRows,
  churn: ChurnDefinition,
  grow: GrowTrees,
  near: LinearParameters | undefined,
): BegunFold | undefined {
  const { data } = rows;
  const known = day - churn.churnDays - churn.leadDays;
  const earlier = thinned(selectFitRows(rows, (row) => (data.snapshots[row] ?? 0) <= known));
  if (!hasBothClasses(earlier)) return undefined;
  const { scaling, linear, trees } = beginFit(earlier, grow, near);
  return { later: selectRows(data, (row) => data.snapshots[row] === day), parts: { scaling, linear, trees } };
}

interface JudgedFold {
  readonly rows: number;
  /** Mean log loss of each family. */
  readonly losses: ReadonlyMap<ModelKind, number>;
}

async function judge({ later, parts }: BegunFold): Promise<JudgedFold> {
  const losses = new Map<ModelKind, number>();
  for (const kind of kinds) losses.set(kind, logLoss(later.y, probabilitiesOf(await modelOf(kind, parts), later)));
  return { rows: later.rows, losses };
}

/** The families that were better than the blend in each of the folds. */
function contenders(folds: readonly JudgedFold[]): ModelKind[] {
  return kinds.filter((kind) => folds.every((fold) => lossOf(kind, fold) < lossOf("blend", fold)));
}

function choiceOf(folds: readonly JudgedFold[]): FamilyChoice {
  const losses = meanLosses(folds);
  const [best] = losses;
  const ofBlend = losses.find(({ kind }) => kind === "blend")?.logLoss ?? Number.POSITIVE_INFINITY;
  const isClear = best !== undefined && best.logLoss < (1 - margin) * ofBlend && contenders(folds).includes(best.kind);
  return { kind: isClear ? best.kind : "blend", losses };
}

/** The latest snapshot, the latest at least a churn window before it, and so on. */
function daysApart(snapshots: Int32Array, churnDays: number): number[] {
  const found: number[] = [];
  for (const day of [...new Set(snapshots)].sort((a, b) => b - a)) {
    const after = found.at(-1);
    if (found.length < mostFolds && (after === undefined || day <= after - churnDays)) found.push(day);
  }
  return found;
}

/** Over the rows of all folds, least first. */
function meanLosses(folds: readonly JudgedFold[]): FamilyChoice["losses"] {
  const rows = folds.reduce((sum, fold) => sum + fold.rows, 0);
  if (folds.length === 0) return [];
  return kinds
    .map((kind) => ({ kind, logLoss: folds.reduce((sum, fold) => sum + fold.rows * lossOf(kind, fold), 0) / rows }))
    .sort((a, b) => a.logLoss - b.logLoss);
}

function lossOf(kind: ModelKind, { losses }: JudgedFold): number {
  return losses.get(kind) ?? Number.POSITIVE_INFINITY;
}

/** About `mostRows` of the rows, by a hash of user and snapshot: always the same ones. */
function thinned(rows: FitRows): FitRows {
  const { data } = rows;
  const share = mostRows / rows.y.length;
  if (share >= 1) return rows;
  return selectFitRows(rows, (row) => uniform(fnv1a(`fold\0${data.snapshots[row]}\0${data.users[row]}`)) < share);
}
