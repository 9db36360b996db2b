import type { BucketRange } from "#churn/buckets.ts";
import type { Score } from "#churn/score.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import type { DuckDbSession, DuckDbWork } from "../../connections/duckdb/session.ts";
import { gathered } from "../../gathered.ts";
import { sound } from "../check-rows.ts";
import type {
  ErasedFeatures,
  FeatureRevision,
  FeatureRow,
  FeatureSet,
  FeatureStore,
  NewFeatureRow,
  RowRange,
  StoredFeatures,
  UserCounts,
} from "../feature-store.ts";
import { eraseUsers } from "./erase.ts";
import { countUsers, featuresOfSet, findFeatures, putFeatures } from "./features.ts";
import { createFeatureTables } from "./schema.ts";
import { dropScores, lastScoring, putScores, topScores } from "./scores.ts";
import { completeSet, currentSet, lastNumber, latestSet, prune, putSet, setOf } from "./sets.ts";

/** Features and scores in a DuckDB file, with or without actions in it. */
export class DuckDbFeatureStore implements FeatureStore {
  readonly #database: DuckDbDatabase;
  readonly #writes: DuckDbSession;
  readonly #reads: DuckDbSession;
  /** Sets that rows referred to; they never change. */
  readonly #sets = new Map<string, FeatureSet>();
  /** Counts what was written: a file belongs to one process, so all of it comes through here. */
  #changes = 0;

  readonly #find = gathered((userIds) => this.#read(userIds));

  private constructor(database: DuckDbDatabase, writes: DuckDbSession, reads: DuckDbSession) {
    this.#database = database;
    this.#writes = writes;
    this.#reads = reads;
  }

  /** The features in `database`, whose tables are created if missing. */
  static async open(database: DuckDbDatabase): Promise<DuckDbFeatureStore> {
    const writes = await database.session();
    await writes.transaction("open the feature store", createFeatureTables);
    return new DuckDbFeatureStore(database, writes, await database.session());
  }

  putSet(set: FeatureSet, run?: number): Promise<void> {
    return this.#change("store a feature set", (connection, unreadable) => putSet(connection, set, run, unreadable));
  }

  lastNumber(): Promise<number> {
    return this.#reads.run("read the feature sets", lastNumber);
  }

  completeSet(setId: string): Promise<void> {
    return this.#change("complete a feature set", (connection) => completeSet(connection, setId));
  }

  currentSet(): Promise<FeatureSet | undefined> {
    return this.#reads.run("read the feature set", currentSet);
  }

  latestSet(): Promise<FeatureSet | undefined> {
    return this.#reads.run("read the feature set", latestSet);
  }

  put(setId: string, rows: readonly NewFeatureRow[]): Promise<void> {
    return this.#change("store features", (connection, unreadable) => putFeatures(connection, setId, rows, unreadable));
  }

  get(userIds: readonly string[]): Promise<ReadonlyMap<string, StoredFeatures>> {
    return this.#find(userIds);
  }

  async revision(): Promise<FeatureRevision> {
    return { id: `${this.#changes}`, isSettled: true };
  }

  rows(setId: string, range: RowRange = {}): AsyncIterable<FeatureRow> {
    return this.#database.stream(
      "read features",
      (connection, unreadable) => featuresOfSet(connection, setId, true, range, unreadable),
      range,
    );
  }

  lapsedRows(setId: string, range: RowRange = {}): AsyncIterable<FeatureRow> {
    return this.#database.stream(
      "read who has lapsed",
      (connection, unreadable) => featuresOfSet(connection, setId, false, range, unreadable),
      range,
    );
  }

  countUsers(setId: string): Promise<UserCounts> {
    return this.#reads.run("count users", (connection) => countUsers(connection, setId));
  }

  prune(setId: string, range: BucketRange = {}): Promise<number> {
    return this.#change("delete features of former users", (connection, unreadable) =>
      prune(connection, setId, range, unreadable),
    );
  }

  putScores(scores: readonly Score[], run?: number): Promise<void> {
    return this.#writes.transaction("store scores", (connection) => putScores(connection, scores, run));
  }

  lastScoring(): Promise<number> {
    return this.#reads.run("read the scores", lastScoring);
  }

  dropScores(userIds: readonly string[], run?: number): Promise<void> {
    return this.#writes.transaction("delete scores", (connection) => dropScores(connection, userIds, run));
  }

  topScores(limit: number): Promise<readonly Score[]> {
    return this.#reads.run("read scores", (connection, unreadable) => topScores(connection, limit, unreadable));
  }

  erase(userIds: readonly string[]): Promise<ErasedFeatures> {
    return this.#change("erase features and scores", (connection) => eraseUsers(connection, userIds));
  }

  async close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#reads.close()]);
  }

  async #change<T>(purpose: string, work: DuckDbWork<T>): Promise<T> {
    try {
      return await this.#writes.transaction(purpose, work);
    } finally {
      this.#changes += 1;
    }
  }

  #read(userIds: readonly string[]): Promise<ReadonlyMap<string, StoredFeatures>> {
    return this.#reads.run("read features", async (connection, unreadable) => {
      const found = new Map<string, StoredFeatures>();
      if (userIds.length === 0) return found;
      const rows = await findFeatures(connection, userIds, unreadable);
      for (const setId of new Set(rows.map((row) => row.setId))) {
        const set = this.#sets.get(setId) ?? (await setOf(connection, setId, unreadable));
        if (set) this.#sets.set(setId, set);
      }
      for (const { setId, ...row } of rows) {
        const set = this.#sets.get(setId);
        if (!set) continue;
        const read = unreadable.attempt(
          () => ({ place: "features", userId: row.userId }),
          () => sound(row, set),
        );
        if (read !== undefined) found.set(row.userId, { ...read, set });
      }
      return found;
    });
  }
}
