import type { Day } from "#churn/day.ts";
import { type ChurnDefinition, type ChurnSettings, churnDefinition } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { DatasetBuilder } from "#churn/features/dataset.ts";
import { frequentActions } from "#churn/features/frequent-actions.ts";
import { evaluate } from "#churn/metrics/evaluate.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import { peersOf } from "#churn/training/peers.ts";
import { planSplit, snapshotsBefore } from "#churn/training/split.ts";
import { trainModel } from "#churn/training/train-model.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";

export interface Backtest {
  readonly churn: ChurnDefinition;
  readonly training: readonly Day[];
  readonly tests: readonly Day[];
  readonly trainingRows: number;
  /** Best known first: lapse, then what it has to beat. */
  readonly results: readonly { readonly model: string; readonly evaluation: Evaluation }[];
}

/**
 * Trains on what was known before the first test snapshot, and judges on the test snapshots: lapse's model, recency
 * alone (a logistic regression of it), and the training rows' churn rate for everybody. Without test snapshots, those
 * that a training would take. Features look back on what was known then. Throws InvalidInput for a log too short or of
 * one outcome only.
 */
export async function backtest(
  actions: ActionStore,
  settings: ChurnSettings,
  tests?: readonly Day[],
): Promise<Backtest> {
  const extent = await actions.extent();
  if (extent === undefined) throw new InvalidInput("Cannot backtest: the log has no actions.");
  const end = tests === undefined ? extent.lastDay + 1 : Math.min(...tests) + settings.leadDays + settings.churnDays;
  const churn = churnDefinition(settings, end - extent.firstDay);
  const testDays = tests ?? planSplit(extent.firstDay, extent.lastDay, churn).test;
  const firstTest = Math.min(...testDays);
  const trainingDays = snapshotsBefore(firstTest, extent.firstDay, churn);
  assertComplete(testDays, extent, churn);

  const definition = { churn, actions: await actionsBefore(firstTest, actions) };
  const training = new DatasetBuilder({ definition, snapshots: trainingDays });
  const test = new DatasetBuilder({ definition, snapshots: testDays });
  for await (const history of actions.histories()) {
    training.add(history);
    test.add(history);
  }
  const trainingRows = training.build();
  const testRows = test.build();
  const judge = (p: ArrayLike<number>) => evaluate({ y: testRows.y, p, users: testRows.users, snapshots: testDays });
  const { parameters } = trainModel(trainingRows, churn);
  const { recency, plainRate } = peersOf(trainingRows, testRows, churn);
  return {
    churn,
    training: trainingDays,
    tests: testDays,
    trainingRows: trainingRows.rows,
    results: [
      { model: "lapse", evaluation: judge(probabilitiesOf(parameters, testRows)) },
      { model: "recency alone", evaluation: judge(recency) },
      { model: "churn rate", evaluation: judge(plainRate) },
    ],
  };
}

/** The frequent actions as they could be known on that day. */
async function actionsBefore(day: Day, actions: ActionStore): Promise<string[]> {
  const users = new Map<string, number>();
  let total = 0;
  for await (const { days } of actions.histories({ before: day })) {
    total += 1;
    for (const action of new Set(days.map((userDay) => userDay.action)))
      users.set(action, (users.get(action) ?? 0) + 1);
  }
  return frequentActions(
    Array.from(users, ([action, count]) => ({ action, users: count })),
    total,
  );
}

function assertComplete(tests: readonly Day[], { lastDay }: LogExtent, { churnDays, leadDays }: ChurnDefinition): void {
  const late = tests.find((day) => day + leadDays + churnDays > lastDay + 1);
  if (late === undefined) return;
  throw new InvalidInput(
    `Cannot test on a snapshot whose churn window ends after the log does (${churnDays} days after the snapshot).`,
  );
}
