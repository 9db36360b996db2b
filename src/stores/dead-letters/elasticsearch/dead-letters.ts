import type { Client } from "@elastic/elasticsearch";
import * as z from "zod";
import { Failure } from "#churn/failure.ts";
import { type Elasticsearch, statusOf } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";
import { refresh, search } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import { Lazy } from "../../lazy.ts";
import { type DeadLetter, type DeadLetters, deadLetterId, type KeptDeadLetter } from "../dead-letters.ts";
import { keptLetter, letterDocument, letterFields, letterProperties, letterSource } from "./letter-document.ts";

/** Elasticsearch, or a proxy before it, takes no request of this length. */
export class DeadLetterTooLarge extends Failure {
  override readonly name = "DeadLetterTooLarge";
  override readonly kind = "too-large";
}

/** Dead letters in Elasticsearch, a document each in the index `dead-letters`. */
export class ElasticsearchDeadLetters implements DeadLetters {
  readonly #elasticsearch: Elasticsearch;
  readonly #index: string;

  readonly #prepared: Lazy<void>;

  /** The letters in `elasticsearch`, which the caller closes, and which may be away for now. */
  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#index = elasticsearch.index(indexName);
    this.#prepared = new Lazy(() => makeDeadLetterIndex(elasticsearch));
  }

  /** As the interface says; also throws DeadLetterTooLarge. */
  async record(letter: DeadLetter): Promise<void> {
    await this.#prepared.get();
    const target = { index: this.#index, id: deadLetterId(letter) };
    await this.#change(target.id, "keep a dead letter", (client, there) => {
      const document = letterDocument(letter);
      if (there === undefined) return client.index({ ...target, document, op_type: "create" });
      // A later one, by a process that was quicker to write.
      if (there.letter.recordedAt > letter.recordedAt) return undefined;
      return client.index({ ...target, document, ...there.revision });
    });
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
    return (await this.#find(id, "read a dead letter"))?.letter;
  }

  async remove({ id, recordedAt }: KeptDeadLetter): Promise<void> {
    await this.#change(id, "remove a dead letter", (client, there) =>
      there === undefined || there.letter.recordedAt > recordedAt
        ? undefined
        : client.delete({ index: this.#index, id, ...there.revision }),
    );
  }

  /** Does what `write` makes of the recording that is there, and anew if another one has come between. */
  async #change(
    id: string,
    purpose: string,
    write: (client: Client, there: Recording | undefined) => Promise<unknown> | undefined,
  ): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const there = await this.#find(id, purpose);
      const isDone = await this.#elasticsearch.run(purpose, async (client) => {
        try {
          await write(client, there);
          return true;
        } catch (cause) {
          const status = statusOf(cause);
          if (status === 413)
            throw new DeadLetterTooLarge(`Could not ${purpose}: ${id} is too long for it.`, { cause });
          if (status !== 409) throw cause;
          return false;
        }
      });
      if (isDone) return;
    }
    throw new StoreUnavailable(`Could not ${purpose}: ${id} is changed by many at the same time.`);
  }

  #find(id: string, purpose: string): Promise<Recording | undefined> {
    return this.#elasticsearch.find(purpose, async (client) => {
      const answer = await client.get({ index: this.#index, id, _source_includes: letterFields });
      const { _source, _seq_no, _primary_term } = documentSchema.parse(answer);
      return { letter: keptLetter(_source), revision: { if_seq_no: _seq_no, if_primary_term: _primary_term } };
    });
  }
}

const indexName = "dead-letters";

/** Makes the index of dead letters if it is not there. Throws StoreUnavailable. */
export function makeDeadLetterIndex(elasticsearch: Elasticsearch): Promise<void> {
  return makeIndex(elasticsearch, {
    name: indexName,
    patterns: [indexName],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: { dynamic: "strict", properties: letterProperties },
  });
}

/** Letters in one answer; an event may have megabytes. */
const pageSize = 50;

/** Each time one of those who write at the same time succeeds, so this is for more of them than there ever are. */
const maxAttempts = 50;

/** A letter, and what its document must still be for a write to replace it. */
interface Recording {
  readonly letter: KeptDeadLetter;
  readonly revision: { readonly if_seq_no: number; readonly if_primary_term: number };
}

const documentSchema = z.object({ _seq_no: z.int(), _primary_term: z.int(), _source: letterSource });
