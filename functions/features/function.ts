import { createHash } from "node:crypto";
import { type Day, formatDay, startOf } from "#churn/day.ts";
import type { ChurnSettings, FeatureDefinition } from "#churn/definition.ts";
import { requireFinite } from "#churn/features/features.ts";
import { storedFeatures } from "#churn/features/stored-features.ts";
import type { UserState } from "#churn/population.ts";
import { type FeaturesPing, featuresUpdated } from "#runtime/event-kinds.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { FeatureMetrics } from "#runtime/metrics/features.ts";
import { SkippedUsers, type Skipping } from "#runtime/skipped-users.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import type { FeatureSet, FeatureStore } from "#stores/features/feature-store.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { nextDefinition, populationsOf, servedDefinitions } from "./definitions.ts";
import { rowsOf } from "./rows.ts";
import { snapshotOf } from "./snapshot.ts";

export interface FeaturesServices {
  readonly actions: Pick<ActionStore, "rollUp" | "extent" | "actionFrequencies" | "histories" | "historyColumns">;
  readonly features: Pick<FeatureStore, "putSet" | "put" | "prune">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  readonly churn: ChurnSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many of all users have been read. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  readonly metrics?: FeatureMetrics | undefined;
  readonly skipping?: Skipping | undefined;
}

/**
 * Rolls the log up, and replaces the stored rows: features of every user who is here at the snapshot, and since when the
 * others have lapsed. Returns dev.lapse.features.updated, or nothing while the log is empty.
 */
export const handle: EventHandler<FeaturesPing, FeaturesServices> = async (event, services, fields) => {
  const { actions, churn, now, metrics } = services;
  const began = now();
  const { userDays } = await actions.rollUp();
  metrics?.rolledUp({ userDays, seconds: (now() - began) / 1000, at: now() });
  const extent = await actions.extent(churn.passive);
  if (extent === undefined) return undefined;

  const extracting = now();
  const snapshot = snapshotOf(event, extent.lastDay, now());
  const skipped = new SkippedUsers("features", services.skipping);
  const users = await replaceFeatures(snapshot, extent, services, skipped);
  skipped.tell({ "event.id": event.id, ...fields });
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
  skipped: SkippedUsers,
): Promise<Record<UserState, number>> {
  const { actions, features, models, churn, progress } = services;
  const definition = await nextDefinition(churn, actions, extent);
  const definitions = [...(await servedDefinitions(models)), definition];
  const { names } = storedFeatures(definitions);
  const populations = populationsOf(definitions);
  const set: FeatureSet = { id: setId(snapshot, definitions, names), snapshot, definition, populations, names };
  await features.putSet(set);

  const users = { here: 0, lapsed: 0 };
  let read = 0;
  // Rows are written while the next ones are made, a few calls ahead: DuckDB pauses now and then to tidy its file.
  const writing: Promise<void>[] = [];
  const onUsers = (more: number) => {
    read += more;
    progress?.(read, extent.users);
  };
  const options = { actions, width: names.length, users: extent.users, onUsers };
  for await (const made of rowsOf({ snapshot, populations, definitions }, options)) {
    const rows = made.filter(({ userId, values }) => skipped.attempt(userId, () => areNumbers(values, names)) === true);
    if (writing.length >= callsAhead) await writing.shift();
    const call = features.put(set.id, rows);
    // Its failure is thrown where it is awaited, unless reading fails before.
    call.catch(() => undefined);
    writing.push(call);
    for (const { values } of rows) users[values.length > 0 ? "here" : "lapsed"] += 1;
  }
  await Promise.all(writing);
  await features.prune(set.id);
  return users;
}

/** Throws a RangeError for features that are no numbers. */
function areNumbers(values: readonly number[], names: readonly string[]): true {
  requireFinite(values, names);
  return true;
}

/** Calls of `put` that are under way at a time. */
const callsAhead = 4;

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
