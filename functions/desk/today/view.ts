import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Score } from "#churn/score.ts";
import type { LogExtent } from "#stores/actions/action-store.ts";
import type { FeatureSet, UserCounts } from "#stores/features/feature-store.ts";
import { type PromisesRead, readPromises } from "#stores/ledger/read-promises.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { DeskServices } from "../services.ts";

/** What the first page shows. */
export interface TodayView {
  /** Who reads it; undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  /** Undefined while nothing was rolled up. */
  readonly extent: LogExtent | undefined;
  readonly features: FeatureSet | undefined;
  /** Undefined until features have been computed. */
  readonly users: UserCounts | undefined;
  /** Undefined while there is none. */
  readonly champion: ModelManifest | undefined;
  /** What the champion stands in for because it cannot be read, in words. */
  readonly standsInFor: string | undefined;
  /** Newest first. */
  readonly versions: readonly ModelManifest[];
  /** The names of versions that cannot be read. */
  readonly damaged: readonly string[];
  readonly scores: readonly Score[];
  /** What was promised of users against what they did. */
  readonly promises: PromisesRead;
  readonly deadLetters: number;
}

const mostUsers = 50;
const mostVersions = 10;

export async function todayView(services: DeskServices, reader: string | undefined): Promise<TodayView> {
  const { actions, features, models, deadLetters } = services;
  const set = await features.currentSet();
  const passive = set?.definition.churn.passive;
  const [extent, alias, versions, scores, promises, letters] = await Promise.all([
    actions.extent(passive),
    models.alias("champion"),
    models.versions(),
    features.topScores(mostUsers),
    readPromises(services),
    deadLetters.count(),
  ]);
  const shown = await readable(versions.slice(0, mostVersions), models);
  return {
    reader,
    extent,
    features: set,
    users: set && (await features.countUsers(set.id)),
    champion: alias && (await models.manifest(alias.version)),
    standsInFor: alias?.standsInFor,
    ...shown,
    scores,
    promises,
    deadLetters: letters,
  };
}

/** The manifests of those versions that can be read, and the names of the others. */
async function readable(
  names: readonly string[],
  models: Pick<ModelStore, "manifest">,
): Promise<{ versions: readonly ModelManifest[]; damaged: readonly string[] }> {
  const read = await Promise.all(
    names.map((name) =>
      models.manifest(name).catch((error: unknown) => {
        if (error instanceof CorruptModel) return name;
        throw error;
      }),
    ),
  );
  return {
    versions: read.filter((one) => typeof one !== "string"),
    damaged: read.filter((one) => typeof one === "string"),
  };
}
