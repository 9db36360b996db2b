import type { Day } from "#churn/day.ts";
import { pick } from "#churn/features/column-map.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Refusal } from "#runtime/metrics/predictions.ts";
import { onceThere } from "#runtime/once-there.ts";
import type { FeatureSet } from "#stores/features/feature-store.ts";
import { modelColumns } from "#stores/features/model-columns.ts";
import { standingsUnder } from "#stores/features/standings.ts";
import type { RowSource } from "./feature-memory.ts";
import { type Instance, listed, parseInstance } from "./instance.ts";
import { onceFor } from "./once-for.ts";
import type { UserRow } from "./user-rows.ts";
import type { NewVector } from "./vectors.ts";

/** What a request's instance came to: a row for the model, or why there is none. */
export type Row = ModelRow | LapsedRow | RefusedRow;

export interface ModelRow {
  readonly userId: string | undefined;
  /** In the order of the manifest's features. */
  readonly values: Float64Array;
}

/** A user who has lapsed, and so has no probability of doing so. */
export interface LapsedRow {
  readonly userId: string | undefined;
  readonly state: "lapsed";
  /** Undefined where a vector alone says so. */
  readonly since: Day | undefined;
}

export interface RefusedRow {
  readonly userId: string | undefined;
  readonly error: string;
  readonly reason: Refusal;
}

export interface RowServices {
  readonly features: RowSource;
  readonly readerOf: RowReaders;
  /** By default each has memory of its own. */
  readonly newVector?: NewVector | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * One row for each instance, in their order. All stored users are read in one round trip.
 *
 * @throws StoreUnavailable when users are asked for and their features cannot be read.
 */
export function rowsOf(
  instances: readonly unknown[],
  manifest: ModelManifest,
  services: RowServices,
): readonly Row[] | Promise<readonly Row[]> {
  const now = services.now();
  const parsed = instances.map((instance) => parseInstance(instance, manifest, now, services.newVector));
  const userIds: string[] = [];
  for (const instance of parsed) if (instance.kind === "stored") userIds.push(instance.userId);
  const stored = userIds.length === 0 ? undefined : storedRows(userIds, manifest, services);
  return onceThere(stored, (rows) => parsed.map((instance) => rowOf(instance, rows)));
}

/** Rows of stored users by id: a user of whom nothing is stored has a refused one. */
export function storedRows(
  userIds: readonly string[],
  manifest: ModelManifest,
  { features, readerOf }: Pick<RowServices, "features" | "readerOf">,
): ReadonlyMap<string, Row> | Promise<ReadonlyMap<string, Row>> {
  const unique = [...new Set(userIds)];
  return onceThere(features.get(unique), (found) => {
    const rows = new Map<string, Row>();
    for (const userId of unique) {
      const row = found.get(userId);
      rows.set(userId, row === undefined ? unknownUser(userId) : readerOf(row.set, manifest)(row));
    }
    return rows;
  });
}

type RowReader = (stored: UserRow) => Row;

/** Reads the rows of a set for a model. */
export type RowReaders = (set: FeatureSet, manifest: ModelManifest) => RowReader;

/** Makes a reader once for each set and model, as long as both are in use. */
export function rowReaders(): RowReaders {
  const readersOf = onceFor((set: FeatureSet) => onceFor((manifest: ModelManifest) => rowReader(set, manifest)));
  return (set, manifest) => readersOf(set)(manifest);
}

function rowReader(set: FeatureSet, manifest: ModelManifest): RowReader {
  const { version, definition } = manifest;
  const map = modelColumns(manifest, set);
  const standingOf = standingsUnder(definition.churn, set);
  const missing = standingOf === undefined ? ["who is here", ...map.missing] : map.missing;
  return (stored) => {
    const { userId, values } = stored;
    const standing = standingOf?.(stored);
    if (standing?.state === "lapsed") return { userId, state: "lapsed", since: standing.since };
    if (missing.length === 0) return { userId, values: pick(values, map) };
    const error = `What is stored of this user lacks what version ${version} needs: ${listed(missing)}.`;
    return { userId, error, reason: "invalid" };
  };
}

function unknownUser(userId: string): RefusedRow {
  const error = "This user is not known: nothing that they did was seen before the last run of features.";
  return { userId, error, reason: "unknown_user" };
}

function rowOf(instance: Instance, stored: ReadonlyMap<string, Row> | undefined): Row {
  switch (instance.kind) {
    case "vector":
      return { userId: instance.userId, values: instance.values };
    case "lapsed":
      return { userId: instance.userId, state: "lapsed", since: instance.since };
    case "invalid":
      return { userId: instance.userId, error: instance.error, reason: "invalid" };
    case "stored":
      return stored?.get(instance.userId) ?? unknownUser(instance.userId);
  }
}
