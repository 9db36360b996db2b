import type { Action } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import type { Day } from "#churn/day.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { Lazy } from "../../lazy.ts";
import type {
  ActionFrequency,
  ActionStore,
  AppendOutcome,
  DayRange,
  Erased,
  HistoryRange,
  LogExtent,
  RollUp,
  UsersBefore,
} from "../action-store.ts";
import { ElasticsearchAppender } from "./append.ts";
import { dropMonthsBefore, eraseUsers } from "./erase.ts";
import { actionFrequencies, extent, usersBefore } from "./extent.ts";
import { histories, historiesOf } from "./histories.ts";
import { type IndexLayout, installActionTemplates } from "./indices.ts";
import { notRolledUp, rollUp } from "./roll-up.ts";

export interface ElasticsearchActionStoreOptions extends IndexLayout {
  /** Dates ingestion and roll-ups, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Actions in Elasticsearch: for any number of processes, which may call every method concurrently. */
export class ElasticsearchActionStore implements ActionStore {
  readonly #elasticsearch: Elasticsearch;
  readonly #now: () => number;
  readonly #appender: ElasticsearchAppender;
  readonly #prepared: Lazy<void>;

  /** The server may be away: templates are installed before the first write. */
  constructor(elasticsearch: Elasticsearch, { now, ...layout }: ElasticsearchActionStoreOptions) {
    this.#elasticsearch = elasticsearch;
    this.#now = now;
    this.#appender = new ElasticsearchAppender(elasticsearch, now);
    this.#prepared = new Lazy(() => installActionTemplates(elasticsearch, layout));
  }

  async append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    await this.#prepared.get();
    return this.#appender.append(actions);
  }

  async rollUp(range: BucketRange = {}): Promise<RollUp> {
    await this.#prepared.get();
    return rollUp(this.#elasticsearch, range, this.#now);
  }

  notRolledUp(): Promise<number> {
    return notRolledUp(this.#elasticsearch);
  }

  extent(passive: readonly string[] = [], range: BucketRange = {}): Promise<LogExtent | undefined> {
    return extent(this.#elasticsearch, passive, range);
  }

  usersBefore(day: Day, passive: readonly string[] = []): Promise<UsersBefore> {
    return usersBefore(this.#elasticsearch, day, passive);
  }

  actionFrequencies(passive: readonly string[] = []): Promise<readonly ActionFrequency[]> {
    return actionFrequencies(this.#elasticsearch, passive);
  }

  histories(range: HistoryRange = {}): AsyncIterable<UserHistory> {
    return histories(this.#elasticsearch, range);
  }

  historiesOf(userIds: readonly string[], range: DayRange = {}): Promise<ReadonlyMap<string, UserHistory>> {
    return historiesOf(this.#elasticsearch, userIds, range);
  }

  erase(userIds: readonly string[]): Promise<Erased> {
    return eraseUsers(this.#elasticsearch, userIds, this.#now);
  }

  dropMonthsBefore(day: Day): Promise<Erased> {
    return dropMonthsBefore(this.#elasticsearch, day, this.#now);
  }

  /** Resolves when everything appended so far is stored or has failed. The connection stays open. */
  close(): Promise<void> {
    return this.#appender.close();
  }
}
