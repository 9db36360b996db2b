import { type Day, dayOf } from "#churn/day.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Score } from "#churn/score.ts";
import type { LogExtent } from "#stores/actions/action-store.ts";
import type { FeatureSet, UserCounts } from "#stores/features/feature-store.ts";
import { type PromisesRead, readPromises } from "#stores/ledger/read-promises.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { Stores } from "#stores/open-stores.ts";

/** What the page for people shows. */
export interface PageView {
  /** Host and port as the reader reached it, for the lines to paste. */
  readonly host: string;
  /** Whether requests need a key, as the reader's did. */
  readonly isKeyNeeded: boolean;
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
  readonly today: Day;
  /** The most frequent one; undefined while there is none. */
  readonly action: string | undefined;
}

const mostUsers = 50;
const mostVersions = 10;

export async function pageView(
  stores: Stores,
  { host, isKeyNeeded }: Pick<PageView, "host" | "isKeyNeeded">,
  now: number,
): Promise<PageView> {
  const { actions, features, models, deadLetters } = stores;
  const set = await features.currentSet();
  const passive = set?.definition.churn.passive;
  const [extent, frequencies, alias, versions, scores, promises, letters] = await Promise.all([
    actions.extent(passive),
    actions.actionFrequencies(passive),
    models.alias("champion"),
    models.versions(),
    features.topScores(mostUsers),
    readPromises(stores),
    deadLetters.count(),
  ]);
  const shown = await readable(versions.slice(0, mostVersions), models);
  return {
    host,
    isKeyNeeded,
    extent,
    features: set,
    users: set && (await features.countUsers(set.id)),
    champion: alias && (await models.manifest(alias.version)),
    standsInFor: alias?.standsInFor,
    ...shown,
    scores,
    promises,
    deadLetters: letters,
    today: dayOf(now),
    action: frequencies[0]?.action,
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
