import { type Asked, askedSnapshot } from "#churn/asked-snapshot.ts";
import { rowWeight } from "#churn/campaign/protect.ts";
import { type Day, formatDay } from "#churn/day.ts";
import { type FeatureDefinition, isSameOutcome } from "#churn/definition.ts";
import { TooLittleToLearn } from "#churn/failure.ts";
import { type Dataset, DatasetBuilder } from "#churn/features/dataset.ts";
import { featureExtractor } from "#churn/features/features.ts";
import { remembering } from "#churn/features/remembering.ts";
import { recordOf } from "#churn/gate/champion-record.ts";
import { PulseTaker } from "#churn/gate/pulse.ts";
import { ownHistory } from "#churn/passive.ts";
import type { Progress } from "#churn/training/progress.ts";
import { isSampled, sampleOf } from "#churn/training/sample.ts";
import { planSplit, type Split } from "#churn/training/split.ts";
import type { TrainingResult, TrainingTask } from "#churn/training/train-and-judge.ts";
import { pause } from "#runtime/pause.ts";
import { SkippedUsers, type Skipping } from "#runtime/skipped-users.ts";
import { runThread } from "#runtime/thread/run-thread.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { Enrolments } from "#stores/campaigns/enrolments.ts";
import { manifestAt } from "#stores/models/manifest-at.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { program } from "./thread/program.ts";

export interface Learned extends TrainingResult {
  readonly definition: FeatureDefinition;
  readonly split: Split;
  /** The model's features, in order. */
  readonly names: readonly string[];
  readonly seconds: number;
}

/** Fits and judges a model, which takes a processor for seconds or minutes. */
export type Trainer = (task: TrainingTask, progress: Progress) => Promise<TrainingResult>;

interface LearnServices {
  readonly actions: Pick<ActionStore, "extent" | "histories">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  /** From whose effects training is protected; from none if absent. */
  readonly campaigns?: Pick<CampaignStore, "campaigns" | "overlapping"> | undefined;
  /** By default in a thread of its own. */
  readonly trainer?: Trainer | undefined;
  readonly now: () => number;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  readonly skipping?: Skipping | undefined;
}

/**
 * Trains on the whole days of the log under a definition: a model that is judged on the last snapshots whose outcomes are known, beside the
 * champion if there is one, and one that has learned from these too, to serve. Throws TooLittleToLearn when the log cannot
 * teach anything (empty, too short, one outcome only).
 */
export async function learn(definition: FeatureDefinition, asked: Asked, services: LearnServices): Promise<Learned> {
  const began = services.now();
  const log = await services.actions.extent(definition.churn.passive);
  if (log === undefined) throw new TooLittleToLearn("Cannot train: the log has no actions yet.");
  const extent = { ...log, lastDay: askedSnapshot(asked, log.lastDay) - 1 };
  const split = planSplit(extent.firstDay, extent.lastDay, definition.churn);
  const task = await gather(definition, split, extent, services);
  const { names } = task.training;
  const { trainer = trainInThread } = services;
  const result = await trainer(task, (done, total) => services.progress?.(total + done, 2 * total));
  return { ...result, definition, split, names, seconds: (services.now() - began) / 1000 };
}

/** Rows to judge a model on: with 7,000, a difference of .005 in log loss is found four times of five. */
const mostJudged = 20_000;

/** Reads the history of every user of the sample once, and makes rows of it for the model to be, and for the champion to be compared with. */
async function gather(
  definition: FeatureDefinition,
  split: Split,
  extent: LogExtent,
  { actions, models, campaigns, progress, skipping }: LearnServices,
): Promise<TrainingTask> {
  const { firstDay, lastDay } = extent;
  const sample = sampleOf(extent);
  const expectedUsers = sample.users;
  const serving = await manifestAt("champion", models);
  // Models that predict another kind of churn cannot be compared: the new definition then starts afresh.
  const champion = serving && isSameOutcome(serving.definition.churn, definition.churn) ? serving : undefined;

  // The snapshots of the test are among those that the model that serves learns from.
  const extractor = remembering(featureExtractor(definition));
  const own = { definition, extractor, expectedUsers };
  const training = new DatasetBuilder({ ...own, snapshots: [...new Set([...split.proof, ...split.training])] });
  const test = new DatasetBuilder({ ...own, snapshots: split.test, mostRows: mostJudged });
  const present = new DatasetBuilder({ ...own, snapshots: [lastDay + 1], mostRows: mostJudged });
  // The champion sees the same users through its own features, which may be other ones.
  const championTest =
    champion &&
    new DatasetBuilder({ definition: champion.definition, snapshots: split.test, mostRows: mostJudged, expectedUsers });
  const pulse = new PulseTaker({ firstDay, lastDay }, definition.actions);
  const skipped = new SkippedUsers("train", skipping);
  let users = 0;
  const { churn } = definition;
  const enrolments =
    campaigns && (await Enrolments.open(campaigns, firstDay, lastDay + 1 + churn.leadDays + churn.churnDays));
  try {
    for await (const history of actions.histories(sample.range)) {
      if (!isSampled(history.userId, sample)) continue;
      const enrolled = (await enrolments?.of(history.userId)) ?? [];
      const weightAt = enrolled.length === 0 ? undefined : (snapshot: Day) => rowWeight(enrolled, snapshot, churn);
      // To all or to none: the models are compared on the same users.
      const added = skipped.attempt(history.userId, () => [
        // What the business does tells neither of an outage nor of how much users do.
        pulse.prepare(ownHistory(history, churn.passive)),
        training.prepare(history, weightAt),
        test.prepare(history, weightAt),
        present.prepare(history),
        ...(championTest === undefined ? [] : [championTest.prepare(history, weightAt)]),
      ]);
      for (const add of added ?? []) add();
      users += 1;
      if (users % 50 === 0) await pause();
      if (users % 500 === 0) progress?.(users, 2 * expectedUsers);
    }
  } finally {
    await enrolments?.close();
  }
  skipped.tell();
  // Each of them copies a matrix that may be large.
  await pause();
  const trainingRows = training.build();
  await pause();
  const testRows = test.build();
  await pause();
  const presentRows = present.build();
  if (presentRows.rows === 0)
    throw new TooLittleToLearn(
      `Cannot train: nobody is here any more at ${formatDay(lastDay + 1)}, so there is nobody to predict for.`,
    );
  await pause();
  return {
    churn: definition.churn,
    split,
    training: trainingRows,
    test: testRows,
    present: presentRows,
    pulse: pulse.pulse(),
    serving: serving?.version ?? null,
    champion: champion &&
      championTest && {
        record: recordOf(champion),
        parameters: champion.proof?.parameters ?? champion.parameters,
        test: championTest.build(),
      },
  };
}

const trainInThread: Trainer = (task, progress) => runThread(program, task, { transfer: buffersOf(task), progress });

/** The matrices of a task, which are too large to be copied. */
function buffersOf({ training, test, present, champion }: TrainingTask): ArrayBuffer[] {
  return [training, test, present, champion?.test].flatMap((data) => (data === undefined ? [] : matrixOf(data)));
}

function matrixOf({ x }: Dataset): ArrayBuffer[] {
  return x.buffer instanceof ArrayBuffer ? [x.buffer] : [];
}
