import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Day, formatDay, startOf } from "#churn/day.ts";
import type { FeatureDefinition } from "#churn/definition.ts";
import { pairedDifference } from "#churn/metrics/paired-bootstrap.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { ModelParameters } from "#churn/model/parameters.ts";
import { probabilitiesOf } from "#churn/model/predict.ts";
import { growHere } from "#churn/training/fit-family.ts";
import { type TrainingTask, trainAndJudge } from "#churn/training/train-and-judge.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { handle, type TrainServices } from "#functions/train/function.ts";
import { trainPing } from "#runtime/event-kinds.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { manifestAt } from "#stores/models/manifest-at.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { logOf } from "./simulated-log.ts";

/** What came of one night. */
export interface Night {
  readonly morning: Day;
  readonly version: ModelManifest;
  /** The champion of the evening before; undefined if there was none. */
  readonly champion: ModelManifest | undefined;
  readonly isPromoted: boolean;
  /** Whether a gate that asks only for a surely lower loss than the champion's on the test would have promoted it. */
  readonly winsContest: boolean;
}

/** The function train as it runs night after night, on a model store in a folder; only its thread is left out. */
export class Nights {
  readonly #folder: string;
  readonly #models: ModelStore;
  readonly #clock: { now: number };

  private constructor(folder: string, models: ModelStore, clock: { now: number }) {
    this.#folder = folder;
    this.#models = models;
    this.#clock = clock;
  }

  static async begin(): Promise<Nights> {
    const folder = await mkdtemp(join(tmpdir(), "lapse-nights-"));
    const clock = { now: 0 };
    return new Nights(folder, await DirectoryModelStore.open(folder, { now: () => clock.now }), clock);
  }

  /** Trains on a log as it was in the morning of a day, protected from campaigns if there are any, and settles which model serves. */
  async pass(
    morning: Day,
    histories: readonly UserHistory[],
    definition: FeatureDefinition,
    campaigns?: TrainServices["campaigns"],
  ): Promise<Night> {
    this.#clock.now = startOf(morning) + 2.5 * 3_600_000;
    const champion = await manifestAt("champion", this.#models);
    const time = new Date(this.#clock.now).toISOString();
    let winsContest = false;
    const reply = await handle(
      trainPing.make({ id: `night ${morning}`, source: "/simulation", time, data: { through: "yesterday" } }),
      {
        actions: logOf(histories),
        features: {
          currentSet: async () => ({ id: "set", snapshot: morning, definition, populations: [], names: [] }),
        },
        models: this.#models,
        campaigns,
        now: () => this.#clock.now,
        trainer: async (task) => {
          const result = await trainAndJudge(task, growHere);
          winsContest = isSurelyBetter(result.proof.model.parameters, task);
          return result;
        },
      },
    );
    if (reply?.subject === undefined) throw new TypeError(`The night of ${formatDay(morning)} trained nothing.`);
    const version = await this.#models.manifest(reply.subject);
    const isPromoted = (await this.#models.alias("champion"))?.version === version.version;
    return { morning, version, champion, isPromoted, winsContest };
  }

  async end(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

function isSurelyBetter(parameters: ModelParameters, { test, champion }: TrainingTask): boolean {
  if (champion === undefined) return false;
  const [own, its] = [probabilitiesOf(parameters, test), probabilitiesOf(champion.parameters, champion.test)];
  return pairedDifference(test.y, own, its, test.users, "promotion").high < 0;
}
