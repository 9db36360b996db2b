import type { Day } from "#churn/day.ts";
import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { evaluate } from "#churn/metrics/evaluate.ts";
import { pairedDifference } from "#churn/metrics/paired-bootstrap.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import { type Trial, trialAt } from "./trial.ts";

export interface Backtest {
  /** One for each test snapshot, ascending; at least one. */
  readonly trials: readonly Trial[];
  /** Over all of them: lapse first, then what it has to beat. */
  readonly results: readonly { readonly model: string; readonly evaluation: Evaluation }[];
  /** The log loss of lapse less that of recency alone, on the same rows, with a 95 % interval that resamples users. */
  readonly overRecency: Evaluation["logLoss"];
}

/** More retrainings than this take long and tell little more. */
const mostTests = 24;

/**
 * How good lapse would have been. For each test snapshot a model is trained on what was known then, as at night but for what docs/model.md
 * names; the predictions for all of them are judged together, beside recency alone (a logistic regression of it)
 * and the plain rate, the training rows' churn rate for everybody. Without test snapshots: those with a complete
 * outcome, a churn window apart, the newest 24 at most. Throws InvalidInput for a log too short or of one outcome only.
 */
export async function backtest(
  actions: ActionStore,
  settings: ChurnSettings,
  tests?: readonly Day[],
  progress?: (done: number, total: number) => void,
): Promise<Backtest> {
  const extent = await actions.extent(settings.passive);
  if (extent === undefined) throw new InvalidInput("Cannot backtest: the log has no actions.");
  const days = tests ?? everyComplete(extent, settings);
  assertComplete(days, extent, settings);
  const trials: Trial[] = [];
  for (const [done, day] of days.entries()) {
    progress?.(done, days.length);
    const isNeeded = tests !== undefined || (done === days.length - 1 && trials.length === 0);
    const trial = trialAt(day, extent.firstDay, settings, actions);
    // Of the snapshots that nobody asked for, those where nothing could be learned yet are left out.
    const made = isNeeded ? await trial : await trial.catch(undefinedIfInvalid);
    if (made !== undefined) trials.push(made);
  }
  const all = (of: (trial: Trial) => Iterable<number>) => trials.flatMap((trial) => [...of(trial)]);
  const y = all(({ test }) => test.y);
  const users = trials.flatMap(({ test }) => test.users);
  const judge = (model: string, probabilities: (trial: Trial) => Float64Array) => ({
    model,
    evaluation: evaluate({
      y,
      p: all(probabilities),
      users,
      snapshots: trials.map(({ snapshot }) => snapshot),
    }),
  });
  return {
    trials,
    results: [
      judge("lapse", ({ probabilities }) => probabilities),
      judge("recency alone", ({ peers }) => peers.recency),
      judge("plain rate", ({ peers }) => peers.plainRate),
    ],
    overRecency: pairedDifference(
      y,
      all(({ probabilities }) => probabilities),
      all(({ peers }) => peers.recency),
      users,
      "backtest",
    ),
  };
}

function undefinedIfInvalid(error: unknown): undefined {
  if (!(error instanceof InvalidInput)) throw error;
}

/**
 * Every snapshot whose outcome is complete, a churn window apart, back to the first that has two windows of snapshots to
 * learn from before it, as far as the log allows for more than one.
 */
function everyComplete({ firstDay, lastDay }: LogExtent, { churnDays, leadDays }: ChurnSettings): Day[] {
  const newest = lastDay + 1 - churnDays - leadDays;
  const found = [newest];
  for (let day = newest - churnDays; day >= firstDay + 3 * churnDays + leadDays; day -= churnDays) found.unshift(day);
  return found.slice(-mostTests);
}

function assertComplete(tests: readonly Day[], { lastDay }: LogExtent, { churnDays, leadDays }: ChurnSettings): void {
  const late = tests.find((day) => day + leadDays + churnDays > lastDay + 1);
  if (late === undefined) return;
  throw new InvalidInput(
    `Cannot test on a snapshot whose churn window ends after the log does (${churnDays} days after the snapshot).`,
  );
}
