import type { Day } from "#churn/day.ts";
import { type BulkOperation, type BulkOutcome, bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteDocuments, deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { dropMonths, latestTimeIn, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { countDocuments, inRangeIfThere, type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { Lazy } from "../../lazy.ts";
import type {
  AppendedContacts,
  Contact,
  ContactStore,
  ErasedContacts,
  OptOut,
  UserContacts,
} from "../contact-store.ts";
import { type ContactOutcome, GatheredContacts } from "../gathered-contacts.ts";
import { contactOperation, contactSource, damagedContact, optOutOperation, optOutSource } from "./documents.ts";
import { contactIndices, makeContactIndices } from "./indices.ts";

/** Contacts in Elasticsearch, with an index for each month: for any number of processes. */
export class ElasticsearchContactStore implements ContactStore {
  readonly #elasticsearch: Elasticsearch;
  readonly #pattern: string;
  readonly #optOuts: string;
  readonly #prepared: Lazy<void>;
  readonly #gathered: GatheredContacts;

  /** The caller closes `elasticsearch`; the server may be away. */
  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#pattern = patternOf(elasticsearch, contactIndices.contacts);
    this.#optOuts = elasticsearch.index(contactIndices.optOuts);
    this.#prepared = new Lazy(() => makeContactIndices(elasticsearch));
    this.#gathered = new GatheredContacts({
      append: (contacts) =>
        this.#create(
          "store contacts",
          contacts.map((contact) => contactOperation(elasticsearch, contact)),
        ),
      optOut: (optOuts) =>
        this.#create(
          "store who wants no contact",
          optOuts.map((one) => optOutOperation(elasticsearch, one)),
        ),
    });
  }

  async append(contacts: readonly Contact[]): Promise<AppendedContacts> {
    if (contacts.length > 0) await this.#prepared.get();
    return this.#gathered.append(contacts);
  }

  async optOut(optOuts: readonly OptOut[]): Promise<void> {
    if (optOuts.length > 0) await this.#prepared.get();
    return this.#gathered.optOut(optOuts);
  }

  optIn(userIds: readonly string[]): Promise<number> {
    const addresses = [...new Set(userIds)].map((userId) => ({ index: this.#optOuts, id: userDocumentId(userId) }));
    return deleteDocuments(this.#elasticsearch, "store who may be contacted", addresses);
  }

  async statesOf(userIds: readonly string[], since: number): Promise<ReadonlyMap<string, UserContacts>> {
    const purpose = "read contacts";
    await refresh(this.#elasticsearch, purpose, this.#pattern);
    await refresh(this.#elasticsearch, purpose, this.#optOuts);
    const found = new Map<string, UserContacts>();
    for (let from = 0; from < userIds.length; from += usersAtATime) {
      const ofUsers = { terms: { "user.id": userIds.slice(from, from + usersAtATime) } };
      const lately = inRangeIfThere("@timestamp", { gte: since });
      // Nobody must be contacted because it cannot be read when they were before, or since when they want no contact.
      const contacts = search(this.#elasticsearch, purpose, {
        index: this.#pattern,
        query: { bool: { filter: [ofUsers, lately] } },
        sort: ["@timestamp"],
        schema: contactSource,
        instead: ({ _index, _source }) =>
          damagedContact(_source, latestTimeIn(this.#elasticsearch, contactIndices.contacts, _index)),
        mayLeaveOut: "any",
        pageSize,
      });
      for await (const page of contacts)
        for (const { userId, time } of page) {
          const lastContactedAt = Math.max(time, found.get(userId)?.lastContactedAt ?? time);
          if (time >= since) found.set(userId, { lastContactedAt, optedOutAt: undefined });
        }
      const pages = search(this.#elasticsearch, purpose, {
        index: this.#optOuts,
        query: ofUsers,
        sort: ["_doc"],
        schema: optOutSource,
        instead: ({ _source }) => damagedContact(_source, 0),
        mayLeaveOut: "any",
        pageSize,
      });
      for await (const page of pages)
        for (const { userId, time } of page)
          found.set(userId, { lastContactedAt: found.get(userId)?.lastContactedAt, optedOutAt: time });
    }
    return found;
  }

  async contactsOf(userId: string): Promise<readonly Contact[]> {
    await refresh(this.#elasticsearch, "read contacts", this.#pattern);
    const found: Contact[] = [];
    const order = ["@timestamp", "lapse.campaign", "lapse.channel"];
    for await (const contact of this.#search({ term: { "user.id": userId } }, order, "any")) found.push(contact);
    return found;
  }

  async *contacts(campaignId: string): AsyncGenerator<Contact> {
    await refresh(this.#elasticsearch, "read contacts", this.#pattern);
    const order = ["lapse.bucket", "user.id", "@timestamp"];
    yield* this.#search({ term: { "lapse.campaign": campaignId } }, order, "few");
  }

  async erase(userIds: readonly string[]): Promise<ErasedContacts> {
    const erased = { contacts: 0, optOuts: 0 };
    for (let from = 0; from < userIds.length; from += usersAtATime) {
      const query = { terms: { "user.id": userIds.slice(from, from + usersAtATime) } };
      erased.contacts += await deleteMatching(this.#elasticsearch, "erase contacts", this.#pattern, query);
      erased.optOuts += await deleteMatching(this.#elasticsearch, "erase contacts", this.#optOuts, query);
    }
    return erased;
  }

  dropMonthsBefore(day: Day): Promise<number> {
    return dropMonths(this.#elasticsearch, contactIndices.contacts, day, (index) =>
      countDocuments(this.#elasticsearch, "drop months of contacts", index, { match_all: {} }),
    );
  }

  async close(): Promise<void> {
    await this.#gathered.settled();
  }

  async #create(purpose: string, operations: readonly BulkOperation[]): Promise<ContactOutcome[]> {
    return (await bulk(this.#elasticsearch, purpose, operations)).map(outcomeOf);
  }

  async *#search(query: Query, sort: string[], mayLeaveOut: "few" | "any"): AsyncGenerator<Contact> {
    const pages = search(this.#elasticsearch, "read contacts", {
      index: this.#pattern,
      query,
      sort,
      schema: contactSource,
      mayLeaveOut,
      pageSize,
    });
    for await (const page of pages) yield* page;
  }
}

/** The status of creating a document that exists. */
const isThere = 409;

function outcomeOf({ status, reason = `status ${status}` }: BulkOutcome): ContactOutcome {
  if (status < 300) return { status: "created" };
  return status === isThere ? { status: "duplicate" } : { status: "unavailable", reason };
}

/** Elasticsearch takes 65,536 terms in a query. */
const usersAtATime = 5_000;
const pageSize = 2_000;
