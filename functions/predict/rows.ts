import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Refusal } from "#runtime/metrics/predictions.ts";
import type { FeatureStore, StoredFeatures } from "#stores/features/feature-store.ts";
import { type ColumnMap, columnMap, pick } from "./column-map.ts";
import { type Instance, listed, parseInstance } from "./instance.ts";

/** What a request's instance came to: a row for the model, or why there is none. */
export type Row = ModelRow | RefusedRow;

export interface ModelRow {
  readonly userId: string | undefined;
  /** In the order of the manifest's features. */
  readonly values: Float64Array;
}

export interface RefusedRow {
  readonly userId: string | undefined;
  readonly error: string;
  readonly reason: Refusal;
}

export interface RowServices {
  readonly features: Pick<FeatureStore, "get">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * One row for each instance, in their order. All stored users are read in one round trip.
 *
 * @throws StoreUnavailable when users are asked for and their features cannot be read.
 */
export async function rowsOf(
  instances: readonly unknown[],
  manifest: ModelManifest,
  services: RowServices,
): Promise<readonly Row[]> {
  const now = services.now();
  const parsed = instances.map((instance) => parseInstance(instance, manifest, now));
  const userIds = parsed.flatMap((instance) => (instance.kind === "stored" ? [instance.userId] : []));
  const stored = userIds.length === 0 ? undefined : await storedRows(userIds, manifest, services.features);
  return parsed.map((instance) => rowOf(instance, stored));
}

/** Rows of stored users by id: a user of whom nothing is stored has a refused one. */
export async function storedRows(
  userIds: readonly string[],
  { features: wanted, version }: ModelManifest,
  store: Pick<FeatureStore, "get">,
): Promise<ReadonlyMap<string, Row>> {
  const unique = [...new Set(userIds)];
  const found = await store.get(unique);
  const maps = new Map<string, ColumnMap>();
  return new Map(
    unique.map((userId) => {
      const features = found.get(userId);
      if (features === undefined) return [userId, unknownUser(userId)];
      const map = maps.get(features.set.id) ?? columnMap(wanted, features.set.names);
      maps.set(features.set.id, map);
      return [userId, storedRow(features, map, version)];
    }),
  );
}

function storedRow({ userId, values }: StoredFeatures, map: ColumnMap, version: string): Row {
  if (map.missing.length === 0) return { userId, values: pick(values, map) };
  const error = `The stored features of this user lack what version ${version} needs: ${listed(map.missing)}.`;
  return { userId, error, reason: "invalid" };
}

function unknownUser(userId: string): RefusedRow {
  const error = "No features are stored for this user: the id is unknown, or has no recent action.";
  return { userId, error, reason: "unknown_user" };
}

function rowOf(instance: Instance, stored: ReadonlyMap<string, Row> | undefined): Row {
  switch (instance.kind) {
    case "vector":
      return { userId: instance.userId, values: instance.values };
    case "invalid":
      return { userId: instance.userId, error: instance.error, reason: "invalid" };
    case "stored":
      return stored?.get(instance.userId) ?? unknownUser(instance.userId);
  }
}
