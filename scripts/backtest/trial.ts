import type { Day } from "#churn/day.ts";
import { type ChurnDefinition, type ChurnSettings, churnDefinition } from "#churn/definition.ts";
import { type Dataset, DatasetBuilder } from "#churn/features/dataset.ts";
import { frequentActions } from "#churn/features/frequent-actions.ts";
import type { ModelKind } from "#churn/model/parameters.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import { ownHistory } from "#churn/passive.ts";
import { type Peers, peersOf } from "#churn/training/peers.ts";
import { snapshotsBefore } from "#churn/training/split.ts";
import { trainModel } from "#churn/training/train-model.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";

/** What lapse, trained on what was known at a snapshot, would have said of the users who were here, and what they did. */
export interface Trial {
  readonly snapshot: Day;
  readonly churn: ChurnDefinition;
  readonly training: readonly Day[];
  readonly trainingRows: number;
  readonly family: ModelKind;
  readonly test: Pick<Dataset, "rows" | "y" | "users">;
  readonly probabilities: Float64Array;
  readonly peers: Peers;
}

/** Throws InvalidInput where what was known is too little to learn from, or of one outcome only. */
export async function trialAt(
  snapshot: Day,
  firstDay: Day,
  settings: ChurnSettings,
  actions: ActionStore,
): Promise<Trial> {
  const churn = churnDefinition(settings, snapshot + settings.leadDays + settings.churnDays - firstDay);
  const definition = { churn, actions: await actionsBefore(snapshot, actions, churn) };
  const trainingDays = snapshotsBefore(snapshot, firstDay, churn);
  const training = new DatasetBuilder({ definition, snapshots: trainingDays });
  const test = new DatasetBuilder({ definition, snapshots: [snapshot] });
  for await (const history of actions.histories()) {
    training.add(history);
    test.add(history);
  }
  const trainingRows = training.build();
  const { parameters } = await trainModel(trainingRows, churn);
  const testRows = test.build();
  return {
    snapshot,
    churn,
    training: trainingDays,
    trainingRows: trainingRows.rows,
    family: parameters.kind,
    test: { rows: testRows.rows, y: testRows.y, users: testRows.users },
    probabilities: probabilitiesOf(parameters, testRows),
    peers: peersOf(trainingRows, testRows, churn),
  };
}

/** The frequent actions as they could be known on that day. */
async function actionsBefore(day: Day, actions: ActionStore, churn: ChurnDefinition): Promise<string[]> {
  const users = new Map<string, number>();
  let total = 0;
  for await (const history of actions.histories({ before: day })) {
    const { days } = ownHistory(history, churn.passive);
    if (days.length > 0) total += 1;
    for (const action of new Set(days.map((userDay) => userDay.action)))
      users.set(action, (users.get(action) ?? 0) + 1);
  }
  return frequentActions(
    Array.from(users, ([action, count]) => ({ action, users: count })),
    total,
    churn,
  );
}
