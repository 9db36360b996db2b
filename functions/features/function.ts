import { createHash } from "node:crypto";
import { type Day, formatDay, startOf } from "#churn/day.ts";
import type { ChurnSettings, FeatureDefinition } from "#churn/definition.ts";
import { type FeatureExtractor, featureExtractor } from "#churn/features/features.ts";
import { standingAt, type UserState } from "#churn/population.ts";
import { type FeaturesPing, featuresUpdated } from "#runtime/event-kinds.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { FeatureMetrics } from "#runtime/metrics/features.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import type { FeatureRow, FeatureSet, FeatureStore } from "#stores/features/feature-store.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { nextDefinition, populationsOf, servedDefinitions } from "./definitions.ts";
import { snapshotOf } from "./snapshot.ts";

export interface FeaturesServices {
  readonly actions: Pick<ActionStore, "rollUp" | "extent" | "actionFrequencies" | "histories">;
  readonly features: Pick<FeatureStore, "putSet" | "put" | "prune">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  readonly churn: ChurnSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many of all users have been read. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  readonly metrics?: FeatureMetrics | undefined;
}

/**
 * Rolls the log up, and replaces the stored rows: features of every user who is here at the snapshot, and since when the
 * others have lapsed. Returns dev.lapse.features.updated, or nothing while the log is empty.
 */
export const handle: EventHandler<FeaturesPing, FeaturesServices> = async (event, services) => {
  const { actions, now, metrics } = services;
  const began = now();
  const { userDays } = await actions.rollUp();
  metrics?.rolledUp({ userDays, seconds: (now() - began) / 1000, at: now() });
  const extent = await actions.extent();
  if (extent === undefined) return undefined;

  const extracting = now();
  const snapshot = snapshotOf(event, extent.lastDay, now());
  const users = await replaceFeatures(snapshot, extent, services);
  metrics?.extracted({ users, snapshot: startOf(snapshot), seconds: (now() - extracting) / 1000, at: now() });
  return featuresUpdated.make({
    id: event.id,
    source: "/lapse/features",
    time: new Date(now()).toISOString(),
    data: { snapshot: formatDay(snapshot), users: users.here, lapsed: users.lapsed, user_days: userDays },
  });
};

/** Returns how many users have features now, and how many have lapsed. */
async function replaceFeatures(
  snapshot: Day,
  extent: LogExtent,
  services: FeaturesServices,
): Promise<Record<UserState, number>> {
  const { actions, features, models, churn, progress } = services;
  const definition = await nextDefinition(churn, actions, extent);
  const definitions = [...(await servedDefinitions(models)), definition];
  const extractor = featureExtractor(...definitions);
  const set: FeatureSet = {
    id: setId(snapshot, definitions, extractor.names),
    snapshot,
    definition,
    populations: populationsOf(definitions),
    names: extractor.names,
  };
  await features.putSet(set);

  const users = { here: 0, lapsed: 0 };
  let read = 0;
  // Rows are written while the next ones are computed.
  let writing = Promise.resolve();
  for await (const rows of rowsOf(set, extractor, actions, () => progress?.(++read, extent.users))) {
    await writing;
    writing = features.put(set.id, rows);
    // Its failure is thrown where it is awaited, unless reading fails before.
    writing.catch(() => undefined);
    for (const { values } of rows) users[values.length > 0 ? "here" : "lapsed"] += 1;
  }
  await writing;
  await features.prune(set.id);
  return users;
}

/** Rows written at a time. */
const chunkSize = 2_000;

/** The rows of all users who were ever seen, in chunks. Whole histories are read, because tenure and gaps tell of all time. */
async function* rowsOf(
  { snapshot, populations }: FeatureSet,
  extractor: FeatureExtractor,
  actions: Pick<ActionStore, "histories">,
  onUser: () => void,
): AsyncGenerator<readonly FeatureRow[]> {
  let rows: FeatureRow[] = [];
  for await (const history of actions.histories({ before: snapshot })) {
    onUser();
    const standings = populations.flatMap((churn) => standingAt(history, snapshot, churn) ?? []);
    if (standings.length === 0) continue;
    const lapsed = standings.map((standing) => (standing.state === "lapsed" ? standing.since : null));
    const values = lapsed.includes(null) ? numbersOf(extractor.extract(history, snapshot)) : [];
    rows.push({ userId: history.userId, lapsed, values });
    if (rows.length < chunkSize) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** The same numbers. A loop, as spreading a vector takes longer than computing it. */
function numbersOf(vector: Float64Array): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < vector.length; i++) numbers.push(vector[i] ?? Number.NaN);
  return numbers;
}

/**
 * The same for the same snapshot and definitions, so that an event handled twice writes the same rows; another where a
 * later lapse makes other features of them, because readers keep what an id stands for.
 */
function setId(snapshot: Day, definitions: readonly FeatureDefinition[], names: readonly string[]): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([definitions, names]))
    .digest("hex");
  return `${formatDay(snapshot)}-${digest.slice(0, 16)}`;
}
