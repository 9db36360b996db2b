import * as z from "zod";
import type { Candidate } from "#churn/campaign/candidate.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteDocuments, deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { eraseAgain } from "../../connections/elasticsearch/erasures.ts";
import { getDocuments } from "../../connections/elasticsearch/get-documents.ts";
import { readSources } from "../../connections/elasticsearch/read-sources.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { extremeOf, foundDocuments, type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import { Lazy } from "../../lazy.ts";
import { cursorAfter, placeAt } from "../cursor.ts";
import {
  candidatesAtOnce,
  type FormerLists,
  type ListTotals,
  type UserFilter,
  type UserList,
  type UserOrder,
  type UserPage,
  type UserQuery,
} from "../user-list.ts";
import {
  candidateFields,
  candidateSource,
  formerSource,
  userOperation,
  userSource,
  userWithFormerScores,
} from "./documents.ts";
import { makeUserIndex, userIndex } from "./indices.ts";
import { moves, queryOf, searchAfter, sortOf, states } from "./query.ts";

/** The list of users in Elasticsearch, a document for each: for any number of processes. */
export class ElasticsearchUserList implements UserList {
  readonly #elasticsearch: Elasticsearch;
  readonly #index: string;
  /** Before the first write only, so that a reader needs no right to create an index. */
  readonly #prepared: Lazy<void>;

  /** The caller closes `elasticsearch`; the server may be away. */
  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#index = elasticsearch.index(userIndex);
    this.#prepared = new Lazy(() => makeUserIndex(elasticsearch));
  }

  async put(users: readonly ListedUser[], writtenAt: number, lists: FormerLists = {}): Promise<void> {
    const purpose = "store the list of users";
    await this.#prepared.get();
    const latest = new Map(users.map((user) => [user.userId, user]));
    const former = await this.#documentsOf([...latest.keys()], formerSource);
    const operations = [...latest.values()].map((user) =>
      userOperation(this.#index, user, former.get(user.userId), { ...lists, writtenAt }),
    );
    requireWritten(purpose, await bulk(this.#elasticsearch, purpose, operations), [isNewer]);
    await eraseAgain(this.#elasticsearch, [...latest.keys()], (erased) => this.erase(erased));
  }

  prune(writtenBefore: number): Promise<number> {
    const former = { range: { "lapse.written": { lt: writtenBefore } } };
    return deleteMatching(this.#elasticsearch, "delete former users from the list", this.#index, former);
  }

  async lastWritten(): Promise<number> {
    return (await extremeOf(this.#elasticsearch, "read the list of users", this.#index, "max", "lapse.written")) ?? 0;
  }

  async page({ filter, order, limit, cursor, withFormerScores = false }: UserQuery): Promise<UserPage> {
    const after = cursor === undefined ? undefined : searchAfter(placeAt(cursor, order), order);
    const unreadable: string[] = [];
    const schema = withFormerScores ? userWithFormerScores : userSource;
    // Again without those that cannot be read, so that a page is full and its cursor that of its last user.
    for (let attempt = 1; ; attempt++) {
      const found = await this.#readPage(queryOf(filter), order, limit, schema, after, unreadable);
      if (found.unreadable.length === 0) return pageOf(found.users, order, limit);
      unreadable.push(...found.unreadable);
      // A short page would pass for the last one.
      if (attempt === mostAttempts)
        throw new StoreUnavailable(
          `Could not read the list of users: ${unreadable.length} of its documents cannot be read.`,
        );
    }
  }

  async #readPage(
    query: Query,
    order: UserOrder,
    limit: number,
    schema: z.ZodType<ListedUser>,
    after: (string | number)[] | undefined,
    without: readonly string[],
  ): Promise<{ readonly users: readonly ListedUser[]; readonly unreadable: readonly string[] }> {
    const purpose = "read the list of users";
    const answer = await this.#elasticsearch.runPatiently(purpose, (client) =>
      client.search({
        index: this.#index,
        query:
          without.length === 0 ? query : { bool: { filter: [query], must_not: [{ ids: { values: [...without] } }] } },
        sort: sortOf(order),
        size: limit + 1,
        track_total_hits: false,
        ignore_unavailable: true,
        allow_partial_search_results: false,
        ...(after === undefined ? {} : { search_after: after }),
      }),
    );
    const { hits } = pageSchema.parse(answer).hits;
    const sources = readSources(this.#elasticsearch, purpose, hits, schema);
    return {
      users: sources.filter((source) => source !== undefined),
      unreadable: hits.flatMap(({ _id }, i) => (sources[i] === undefined ? [_id] : [])),
    };
  }

  async *stream(filter: UserFilter, order: UserOrder): AsyncGenerator<ListedUser> {
    const pages = search(this.#elasticsearch, "read the list of users", {
      index: this.#index,
      query: queryOf(filter),
      sort: sortOf(order),
      schema: userSource,
      mayLeaveOut: "few",
      pageSize: 2_000,
    });
    for await (const page of pages) yield* page;
  }

  candidates(filter: UserFilter): AsyncIterable<readonly Candidate[]> {
    return search(this.#elasticsearch, "read the list of users", {
      index: this.#index,
      query: { bool: { filter: [queryOf(filter), { exists: { field: "lapse.probability" } }] } },
      sort: ["_shard_doc"],
      fields: candidateFields,
      schema: candidateSource,
      mayLeaveOut: "few",
      pageSize: candidatesAtOnce,
    });
  }

  async totals(filter: UserFilter): Promise<ListTotals> {
    const answer = await this.#elasticsearch.runPatiently("count the list of users", (client) =>
      client.search({
        index: this.#index,
        query: queryOf({ ...filter, state: undefined, moved: undefined, untold: undefined }),
        size: 0,
        track_total_hits: false,
        ignore_unavailable: true,
        allow_partial_search_results: false,
        aggs: {
          here: { filter: states.here },
          slipping: { filter: states.slipping },
          at_risk: { filter: states.at_risk, aggs: { value: { sum: { field: "lapse.value_at_risk" } } } },
          lapsed: { filter: states.lapsed },
          entered: { filter: moves.entered },
          calmed: { filter: moves.calmed },
          lost: { filter: moves.lost },
        },
      }),
    );
    // Without the index, nothing is aggregated.
    const { here, slipping, at_risk, lapsed, entered, calmed, lost } = totalsSchema.parse(answer).aggregations ?? none;
    return {
      here: here.doc_count,
      slipping: slipping.doc_count,
      at_risk: at_risk.doc_count,
      lapsed: lapsed.doc_count,
      valueAtRisk: at_risk.value.value ?? 0,
      moved: { entered: entered.doc_count, calmed: calmed.doc_count, lost: lost.doc_count },
    };
  }

  get(userIds: readonly string[]): Promise<ReadonlyMap<string, ListedUser>> {
    return this.#documentsOf(userIds, userSource);
  }

  async #documentsOf<User extends { readonly userId: string }>(
    userIds: readonly string[],
    schema: z.ZodType<User>,
  ): Promise<ReadonlyMap<string, User>> {
    const ids = [...new Set(userIds)].map(userDocumentId);
    const found = new Map<string, User>();
    for (let from = 0; from < ids.length; from += mostIds) {
      const part = ids.slice(from, from + mostIds);
      const asked = { index: this.#index, ids: part, schema, isPatient: true };
      const documents = await getDocuments(this.#elasticsearch, "read the list of users", asked);
      for (const { _source } of documents) if (_source !== undefined) found.set(_source.userId, _source);
    }
    return found;
  }

  async erase(userIds: readonly string[]): Promise<number> {
    const purpose = "erase users from the list";
    const addresses = [...new Set(userIds)].map((userId) => ({ index: this.#index, id: userDocumentId(userId) }));
    const erased = await deleteDocuments(this.#elasticsearch, purpose, addresses);
    await refresh(this.#elasticsearch, purpose, this.#index);
    return erased;
  }

  async close(): Promise<void> {}
}

/** Ids in one request, so that its answer stays at some megabytes. */
const mostIds = 2_000;

/** The status of writing a document that a later run has written. */
const isNewer = 409;

/** Searches for one page, each without the users of the one before that could not be read. */
const mostAttempts = 10;

function pageOf(users: readonly ListedUser[], order: UserOrder, limit: number): UserPage {
  const last = users[limit - 1];
  const hasMore = users.length > limit && last !== undefined;
  return { users: users.slice(0, limit), next: hasMore ? cursorAfter(last, order) : undefined };
}

const pageSchema = z.object({ hits: z.object({ hits: foundDocuments }) });

const counted = z.object({ doc_count: z.int() });
const totalsSchema = z.object({
  aggregations: z
    .object({
      here: counted,
      slipping: counted,
      at_risk: counted.extend({ value: z.object({ value: z.number().nullable() }) }),
      lapsed: counted,
      entered: counted,
      calmed: counted,
      lost: counted,
    })
    .optional(),
});
const none = {
  here: { doc_count: 0 },
  slipping: { doc_count: 0 },
  at_risk: { doc_count: 0, value: { value: 0 } },
  lapsed: { doc_count: 0 },
  entered: { doc_count: 0 },
  calmed: { doc_count: 0 },
  lost: { doc_count: 0 },
};
