import type { ChurnDefinition, FeatureDefinition } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { type Dataset, DatasetBuilder } from "#churn/features/dataset.ts";
import { evaluateInSteps } from "#churn/metrics/evaluate.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import { finishWith } from "#churn/steps.ts";
import { type Decision, decideAlone, decideContest } from "#churn/training/promotion.ts";
import { planSplit, type Split } from "#churn/training/split.ts";
import { type TrainedModel, trainModel } from "#churn/training/train-model.ts";
import { pause } from "#runtime/pause.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { manifestAt } from "#stores/models/manifest-at.ts";
import type { ModelStore } from "#stores/models/model-store.ts";

export interface Learned {
  readonly definition: FeatureDefinition;
  readonly split: Split;
  readonly training: Dataset;
  readonly test: Dataset;
  /** Of the test rows, in order. */
  readonly testProbabilities: Float64Array;
  readonly model: TrainedModel;
  readonly evaluation: Evaluation;
  readonly decision: Decision;
  readonly seconds: number;
}

interface LearnServices {
  readonly actions: ActionStore;
  readonly models: ModelStore;
  readonly now: () => number;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Trains on the log under a definition, and judges the model on the last snapshot whose outcome is known, beside the
 * champion if there is one. Throws InvalidInput when the log cannot teach anything (empty, too short, one outcome only).
 */
export async function learn(definition: FeatureDefinition, services: LearnServices): Promise<Learned> {
  const began = services.now();
  const extent = await services.actions.extent();
  if (extent === undefined) throw new InvalidInput("Cannot train: the log has no actions yet.");
  const split = planSplit(extent.firstDay, extent.lastDay, definition.churn);
  const serving = await manifestAt("champion", services.models);
  // Models that predict another kind of churn cannot be compared: the new definition then starts afresh.
  const champion = serving && isSame(serving.definition.churn, definition.churn) ? serving : undefined;

  const training = new DatasetBuilder({ definition, snapshots: split.training });
  const test = new DatasetBuilder({ definition, snapshots: [split.test] });
  // The champion sees the same users through its own features, which may be other ones.
  const championTest = champion && new DatasetBuilder({ definition: champion.definition, snapshots: [split.test] });
  let users = 0;
  for await (const history of services.actions.histories()) {
    training.add(history);
    test.add(history);
    championTest?.add(history);
    users += 1;
    if (users % 50 === 0) await pause();
    if (users % 500 === 0) services.progress?.(users, 2 * extent.users);
  }

  await pause();
  const trainingRows = training.build();
  await pause();
  const testRows = test.build();
  const model = await trainModel(trainingRows, definition.churn, {
    progress: (done, total) => services.progress?.(total + done, 2 * total),
    pause,
  });
  const testProbabilities = probabilitiesOf(model.parameters, testRows);
  await pause();
  const { y, users: testUsers, snapshots } = testRows;
  const outcomes = { y, p: testProbabilities, users: testUsers, snapshots };
  const evaluation = await finishWith(evaluateInSteps(outcomes), pause);
  return {
    definition,
    split,
    training: trainingRows,
    test: testRows,
    testProbabilities,
    model,
    evaluation,
    decision:
      champion === undefined || championTest === undefined
        ? decideAlone(evaluation, serving?.version ?? null)
        : await finishWith(
            decideContest({
              champion: champion.version,
              y,
              users: testUsers,
              challengerProbabilities: testProbabilities,
              championProbabilities: probabilitiesOf(champion.parameters, championTest.build()),
            }),
            pause,
          ),
    seconds: (services.now() - began) / 1000,
  };
}

function isSame(a: ChurnDefinition, b: ChurnDefinition): boolean {
  return a.churnDays === b.churnDays && a.leadDays === b.leadDays && a.observeDays === b.observeDays;
}
