import type { BucketRange } from "#churn/buckets.ts";
import { NotFound } from "#churn/failure.ts";
import type { Score } from "#churn/score.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { eraseAgain } from "../../connections/elasticsearch/erasures.ts";
import { gathered } from "../../gathered.ts";
import { Lazy } from "../../lazy.ts";
import { UnreadableRows } from "../../unreadable-rows.ts";
import { checkRows, sound } from "../check-rows.ts";
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
import { deleteFormer, eraseUsers } from "./deletions.ts";
import { countUsers, findRows, putRows, rowsOfSet } from "./rows.ts";
import { dropScores, lastScoring, putScores, topScores } from "./scores.ts";
import { completeSet, currentOf, putSet, type RankedSet, readRevision, readSets, touchSets } from "./sets.ts";
import { featureIndices, makeFeatureIndices } from "./templates.ts";

/**
 * Features and scores in Elasticsearch, one document per user in each of the indices `features` and `scores`; the
 * meaning of the values is in `feature-sets`. Reading needs no more than the right to read.
 */
export class ElasticsearchFeatureStore implements FeatureStore {
  readonly #elasticsearch: Elasticsearch;
  readonly #now: () => number;
  /** Sets read so far; they never change. */
  readonly #sets = new Map<string, FeatureSet>();
  /** Before the first write only, so that a reader needs no right to create an index. */
  readonly #prepared: Lazy<void>;
  readonly #find = gathered((userIds) => this.#read(userIds));

  /**
   * The caller closes `elasticsearch`; the server may be away. `now` ranks sets of no run, in milliseconds since the epoch.
   */
  constructor(elasticsearch: Elasticsearch, { now }: { readonly now: () => number }) {
    this.#elasticsearch = elasticsearch;
    this.#now = now;
    this.#prepared = new Lazy(() => makeFeatureIndices(elasticsearch));
  }

  async putSet(set: FeatureSet, run?: number): Promise<void> {
    await this.#prepared.get();
    await putSet(this.#elasticsearch, set, run, this.#now());
  }

  async lastNumber(): Promise<number> {
    return (await this.#readSets()).at(-1)?.rank ?? 0;
  }

  async completeSet(setId: string): Promise<void> {
    await completeSet(this.#elasticsearch, setId);
  }

  async currentSet(): Promise<FeatureSet | undefined> {
    const current = currentOf(await this.#readSets());
    return current && this.#sets.get(current.id);
  }

  async latestSet(): Promise<FeatureSet | undefined> {
    const latest = (await this.#readSets()).at(-1);
    return latest && this.#sets.get(latest.id);
  }

  async put(setId: string, rows: readonly NewFeatureRow[]): Promise<void> {
    await this.#prepared.get();
    // Not from #sets: another process may have put the set again, which raises its rank.
    const set = (await this.#readSets()).find(({ id }) => id === setId);
    if (set === undefined) throw new NotFound(`Could not store features: there is no feature set ${setId}`);
    checkRows(rows, set);
    await putRows(this.#elasticsearch, set, rows);
    await this.#eraseAgain(rows);
  }

  get(userIds: readonly string[]): Promise<ReadonlyMap<string, StoredFeatures>> {
    return this.#find(userIds);
  }

  revision(): Promise<FeatureRevision> {
    return readRevision(this.#elasticsearch);
  }

  rows(setId: string, range: RowRange = {}): AsyncIterable<FeatureRow> {
    return this.#rowsOf(setId, true, range);
  }

  lapsedRows(setId: string, range: RowRange = {}): AsyncIterable<FeatureRow> {
    return this.#rowsOf(setId, false, range);
  }

  countUsers(setId: string): Promise<UserCounts> {
    return countUsers(this.#elasticsearch, setId);
  }

  async prune(setId: string, range: BucketRange = {}): Promise<number> {
    const last = (await this.#readSets()).at(-1);
    return last?.id === setId ? deleteFormer(this.#elasticsearch, last, range) : 0;
  }

  async putScores(scores: readonly Score[], run?: number): Promise<void> {
    await this.#prepared.get();
    await putScores(this.#elasticsearch, scores, run);
    await this.#eraseAgain(scores);
  }

  lastScoring(): Promise<number> {
    return lastScoring(this.#elasticsearch);
  }

  async dropScores(userIds: readonly string[], run?: number): Promise<void> {
    await dropScores(this.#elasticsearch, [...new Set(userIds)].map(userDocumentId), run);
  }

  topScores(limit: number): Promise<readonly Score[]> {
    return topScores(this.#elasticsearch, limit);
  }

  async erase(userIds: readonly string[]): Promise<ErasedFeatures> {
    const erased = await eraseUsers(this.#elasticsearch, userIds);
    // Also if there was nothing left: an erasure that was cut short may have deleted the rows alone.
    if (userIds.length > 0) await touchSets(this.#elasticsearch);
    return erased;
  }

  async close(): Promise<void> {}

  async #read(userIds: readonly string[]): Promise<ReadonlyMap<string, StoredFeatures>> {
    const rows = await findRows(this.#elasticsearch, userIds);
    if (rows.some(({ setId }) => !this.#sets.has(setId))) await this.#readSets();
    const found = new Map<string, StoredFeatures>();
    const unreadable = new UnreadableRows();
    for (const { setId, userId, lapsed, values } of rows) {
      const set = this.#sets.get(setId);
      if (set === undefined) continue;
      const read = unreadable.attempt(
        () => ({
          place: this.#elasticsearch.index(featureIndices.features),
          key: userDocumentId(userId),
          userId,
        }),
        () => sound({ userId, lapsed, values, set }, set),
      );
      if (read !== undefined) found.set(userId, read);
    }
    unreadable.tell("read features", this.#elasticsearch.options.onUnreadable);
    return found;
  }

  async *#rowsOf(setId: string, here: boolean, range: RowRange): AsyncGenerator<FeatureRow> {
    if (!this.#sets.has(setId)) await this.#readSets();
    const set = this.#sets.get(setId);
    if (set !== undefined) yield* rowsOfSet(this.#elasticsearch, set, here, range);
  }

  /** What was computed of users before they were erased. */
  async #eraseAgain(written: readonly { readonly userId: string }[]): Promise<void> {
    const users = written.map(({ userId }) => userId);
    await eraseAgain(this.#elasticsearch, users, (erased) => this.erase(erased));
  }

  async #readSets(): Promise<readonly RankedSet[]> {
    const sets = await readSets(this.#elasticsearch);
    for (const { rank: _, complete: __, settled: ___, ...set } of sets)
      if (!this.#sets.has(set.id)) this.#sets.set(set.id, set);
    return sets;
  }
}
