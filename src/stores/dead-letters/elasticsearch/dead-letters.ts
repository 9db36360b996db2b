import { changeDocument, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";
import { refresh, search } from "../../connections/elasticsearch/search.ts";
import { RequestTooLarge, StoreUnavailable } from "../../failures.ts";
import { Lazy } from "../../lazy.ts";
import { type DeadLetter, type DeadLetters, deadLetterId, joinLetters, type KeptDeadLetter } from "../dead-letters.ts";
import { keptLetter, letterDocument, letterFields, letterProperties, letterSource } from "./letter-document.ts";
import { ElasticsearchNotes } from "./notes.ts";

/** Dead letters as documents in the Elasticsearch index `dead-letters`. */
export class ElasticsearchDeadLetters implements DeadLetters {
  readonly #elasticsearch: Elasticsearch;
  readonly #index: string;
  readonly #prepared: Lazy<void>;
  readonly #notes: ElasticsearchNotes;

  /** The caller closes `elasticsearch`; the server may be away. */
  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#index = elasticsearch.index(indexName);
    this.#notes = new ElasticsearchNotes(elasticsearch);
    this.#prepared = new Lazy(() => makeDeadLetterIndex(elasticsearch));
  }

  /** As the interface says; also throws RequestTooLarge. */
  async record(letter: DeadLetter): Promise<boolean> {
    await this.#prepared.get();
    const explained = letter.answer === undefined ? await this.#explained(letter) : letter;
    const before = await this.#change(deadLetterId(letter), "keep a dead letter", (there) =>
      letterDocument(there === undefined ? explained : joinLetters(there, explained)),
    ).catch((error: unknown) => {
      // What else the server finds too large is no fault of who asked.
      if (error instanceof StoreUnavailable && error.isTooLarge)
        throw new RequestTooLarge(error.message, { cause: error });
      throw error;
    });
    return before === undefined;
  }

  async note(letter: DeadLetter): Promise<void> {
    await this.#notes.put(letter);
  }

  async #explained(letter: DeadLetter): Promise<DeadLetter> {
    const note = await this.#notes.of(letter);
    return note === undefined ? letter : joinLetters({ ...letter, ...note }, letter);
  }

  async has(letter: DeadLetter): Promise<boolean> {
    return (await this.get(deadLetterId(letter))) !== undefined;
  }

  async list(): Promise<readonly KeptDeadLetter[]> {
    await this.#prepared.get();
    const purpose = "list dead letters";
    await refresh(this.#elasticsearch, purpose, this.#index);
    const pages = search(this.#elasticsearch, purpose, {
      index: this.#index,
      sort: [{ "@timestamp": "desc" }, { "lapse.letter.id": "asc" }],
      fields: letterFields,
      schema: letterSource,
      mayLeaveOut: "any",
      pageSize,
    });
    const letters: KeptDeadLetter[] = [];
    for await (const page of pages) letters.push(...page.map(keptLetter));
    return letters;
  }

  async count(): Promise<number> {
    await this.#prepared.get();
    const purpose = "count dead letters";
    await refresh(this.#elasticsearch, purpose, this.#index);
    return this.#elasticsearch.run(purpose, async (client) => (await client.count({ index: this.#index })).count);
  }

  async get(id: string): Promise<KeptDeadLetter | undefined> {
    const purpose = "read a dead letter";
    const found = await readDocument(this.#elasticsearch, purpose, { index: this.#index, id }, letterSource);
    return found && keptLetter(found);
  }

  async remove({ id, recordedAt }: KeptDeadLetter): Promise<void> {
    await this.#change(id, "remove a dead letter", (there) =>
      there === undefined || there.recordedAt > recordedAt ? undefined : "delete",
    );
  }

  async #change(
    id: string,
    purpose: string,
    next: (there: KeptDeadLetter | undefined) => object | "delete" | undefined,
  ): Promise<unknown> {
    const address = { index: this.#index, id };
    return changeDocument(this.#elasticsearch, purpose, address, letterSource, (there) =>
      next(there && keptLetter(there)),
    );
  }
}

const indexName = "dead-letters";

/** Creates the index of dead letters if missing. Throws StoreUnavailable. */
export function makeDeadLetterIndex(elasticsearch: Elasticsearch): Promise<void> {
  return makeIndex(elasticsearch, {
    name: indexName,
    patterns: [indexName],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: { dynamic: "strict", properties: letterProperties },
  });
}

/** Letters per response; an event may have megabytes. */
const pageSize = 50;
