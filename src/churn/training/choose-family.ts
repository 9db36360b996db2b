import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { hasBothClasses, selectRows } from "../features/select-rows.ts";
import { fnv1a, uniform } from "../hash.ts";
import { logLosses } from "../metrics/log-loss.ts";
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

/** Snapshots to judge on, the latest. */
const folds = 2;
/** A family takes the place of the blend if its loss is less by more than this share: smaller differences come and go. */
const margin = 0.01;
/** Rows to fit to in one of them; the choice does not need all. */
const mostRows = 10_000;

/**
 * The blend, which is best or nearly so on every log that was tried, unless another family has clearly less log loss in
 * rolling-origin validation within the training rows: for each of the last snapshots, models are fitted to those whose
 * outcomes were complete before it, as it is when the model serves.
 */
export function chooseFamily(
  data: Dataset,
  churn: ChurnDefinition,
  progress: (fold: number, folds: number) => void,
): FamilyChoice {
  const totals = new Map<ModelKind, number>();
  let rows = 0;
  let near: ModelParameters | undefined;
  const latest = [...new Set(data.snapshots)].sort((a, b) => a - b).slice(-folds);
  for (const [fold, day] of latest.entries()) {
    progress(fold, latest.length);
    const before = day - churn.churnDays - churn.leadDays;
    const earlier = thinned(selectRows(data, (row) => (data.snapshots[row] ?? 0) <= before));
    const later = selectRows(data, (row) => data.snapshots[row] === day);
    if (!hasBothClasses(earlier) || later.rows === 0) continue;
    rows += later.rows;
    const fitted = candidates(earlier, near);
    near = fitted[0];
    for (const parameters of fitted) {
      const losses = logLosses(later.y, probabilitiesOf(parameters, later));
      const total = losses.reduce((sum, loss) => sum + loss, totals.get(parameters.kind) ?? 0);
      totals.set(parameters.kind, total);
    }
  }
  const losses = Array.from(totals, ([kind, total]) => ({ kind, logLoss: total / rows }));
  losses.sort((a, b) => a.logLoss - b.logLoss);
  const [best] = losses;
  const ofBlend = losses.find(({ kind }) => kind === "blend")?.logLoss ?? Number.POSITIVE_INFINITY;
  return { kind: best !== undefined && best.logLoss < (1 - margin) * ofBlend ? best.kind : "blend", losses, near };
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
