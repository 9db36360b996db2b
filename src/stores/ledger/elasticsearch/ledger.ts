import type { Day } from "#churn/day.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import { type BulkOperation, bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { eraseAgain } from "../../connections/elasticsearch/erasures.ts";
import { dropMonths, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { countDocuments } from "../../connections/elasticsearch/search.ts";
import { Lazy } from "../../lazy.ts";
import { firstOfMonth } from "../../month.ts";
import { checkEntries } from "../check-entries.ts";
import type {
  EntryRange,
  ErasedLedger,
  JudgedEntry,
  Ledger,
  LedgerBatch,
  LedgerEntry,
  LedgerOutcome,
  LedgerRange,
  RecordedEntry,
  SnapshotRange,
} from "../ledger.ts";
import { readBatches, readFirstSnapshot } from "./batches.ts";
import { entryOperation, outcomeOperation } from "./documents.ts";
import { readEntriesOf, readLastShown, streamEntries } from "./entries.ts";
import { installLedgerTemplates, ledgerIndices, nightsIndex } from "./indices.ts";
import { nightOperation, readNights } from "./nights.ts";

/** The ledger in Elasticsearch, with an index of entries and one of outcomes for each month, and one of nights: for any number of processes. */
export class ElasticsearchLedger implements Ledger {
  readonly #elasticsearch: Elasticsearch;
  readonly #now: () => number;
  readonly #prepared: Lazy<void>;

  /** The caller closes `elasticsearch`; the server may be away. `now` dates what is added, in ms since the epoch. */
  constructor(elasticsearch: Elasticsearch, { now }: { readonly now: () => number }) {
    this.#elasticsearch = elasticsearch;
    this.#now = now;
    this.#prepared = new Lazy(() => installLedgerTemplates(elasticsearch));
  }

  async append(entries: readonly LedgerEntry[]): Promise<void> {
    checkEntries(entries);
    await this.#create("add to the ledger", entries, entryOperation);
    await this.#eraseAgain(entries);
  }

  async appendOutcomes(outcomes: readonly LedgerOutcome[]): Promise<void> {
    await this.#create("add outcomes to the ledger", outcomes, outcomeOperation);
    await this.#eraseAgain(outcomes);
  }

  async appendNights(nights: readonly JudgedNight[]): Promise<void> {
    await this.#create("add nights to the ledger", nights, nightOperation);
  }

  nights(range: LedgerRange = {}): Promise<readonly JudgedNight[]> {
    return readNights(this.#elasticsearch, range);
  }

  batches(range: SnapshotRange = {}): Promise<readonly LedgerBatch[]> {
    return readBatches(this.#elasticsearch, range);
  }

  firstSnapshot(): Promise<Day | undefined> {
    return readFirstSnapshot(this.#elasticsearch);
  }

  entries(range: EntryRange = {}): AsyncIterable<JudgedEntry> {
    return streamEntries(this.#elasticsearch, range);
  }

  entriesOf(userId: string): Promise<readonly JudgedEntry[]> {
    return readEntriesOf(this.#elasticsearch, userId);
  }

  lastShown(userIds: readonly string[], count: number): Promise<ReadonlyMap<string, readonly RecordedEntry[]>> {
    return readLastShown(this.#elasticsearch, userIds, count);
  }

  async erase(userIds: readonly string[]): Promise<ErasedLedger> {
    const erased = { entries: 0, outcomes: 0 };
    for (let from = 0; from < userIds.length; from += usersAtATime) {
      const query = { terms: { "user.id": userIds.slice(from, from + usersAtATime) } };
      for (const kind of ["entries", "outcomes"] as const) {
        const pattern = patternOf(this.#elasticsearch, ledgerIndices[kind]);
        erased[kind] += await deleteMatching(this.#elasticsearch, "erase users from the ledger", pattern, query);
      }
    }
    return erased;
  }

  async dropMonthsBefore(day: Day): Promise<ErasedLedger> {
    const drop = (kind: string) =>
      dropMonths(this.#elasticsearch, kind, day, (index) =>
        countDocuments(this.#elasticsearch, "drop months of the ledger", index, { match_all: {} }),
      );
    const oldNights = { range: { "lapse.day": { lt: firstOfMonth(day) } } };
    await deleteMatching(
      this.#elasticsearch,
      "drop months of the ledger",
      this.#elasticsearch.index(nightsIndex),
      oldNights,
    );
    return { entries: await drop(ledgerIndices.entries), outcomes: await drop(ledgerIndices.outcomes) };
  }

  async close(): Promise<void> {}

  async #create<Item>(
    purpose: string,
    items: readonly Item[],
    operationOf: (elasticsearch: Elasticsearch, item: Item, ingested: string) => BulkOperation,
  ): Promise<void> {
    if (items.length === 0) return;
    await this.#prepared.get();
    const ingested = new Date(this.#now()).toISOString();
    const operations = items.map((item) => operationOf(this.#elasticsearch, item, ingested));
    requireWritten(purpose, await bulk(this.#elasticsearch, purpose, operations), [isThere]);
  }

  async #eraseAgain(items: readonly { readonly userId: string }[]): Promise<void> {
    const users = items.map(({ userId }) => userId);
    await eraseAgain(this.#elasticsearch, users, (erased) => this.erase(erased));
  }
}

/** The status of creating a document that exists. */
const isThere = 409;
const usersAtATime = 500;
