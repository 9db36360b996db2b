import * as z from "zod";
import { readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";
import { Lazy } from "../../lazy.ts";
import { type DeadLetter, deadLetterId } from "../dead-letters.ts";

/** What is known of a failure: no event, and so no user. */
export type Note = Pick<DeadLetter, "status" | "answer" | "recordedAt">;

/** Why events have failed that will come again, as documents in the Elasticsearch index `letter-notes`. */
export class ElasticsearchNotes {
  readonly #elasticsearch: Elasticsearch;
  readonly #index: string;
  readonly #prepared: Lazy<void>;
  #pruned = false;

  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#index = elasticsearch.index(indexName);
    this.#prepared = new Lazy(() => makeNoteIndex(elasticsearch));
  }

  /** The latest of an event and a Service; notes of long ago are removed now and then. Throws StoreUnavailable. */
  async put(letter: DeadLetter): Promise<void> {
    await this.#prepared.get();
    const { status, answer, recordedAt } = letter;
    const document = { "@timestamp": recordedAt, lapse: { note: { status, answer } } };
    const address = { index: this.#index, id: deadLetterId(letter) };
    await this.#elasticsearch.run("note a failure", (client) => client.index({ ...address, document }));
    if (this.#pruned) return;
    this.#pruned = true;
    const before = { "@timestamp": { lt: recordedAt - keptMilliseconds } };
    await deleteMatching(this.#elasticsearch, "remove old notes", this.#index, { range: before });
  }

  /** What was noted of a letter's event and Service; undefined if nothing was. Throws StoreUnavailable. */
  async of(letter: DeadLetter): Promise<Note | undefined> {
    const address = { index: this.#index, id: deadLetterId(letter) };
    const found = await readDocument(this.#elasticsearch, "read a note", address, source);
    return found && { ...found.lapse.note, recordedAt: found["@timestamp"] };
  }
}

const indexName = "letter-notes";

/** No Trigger tries for as long as a week. */
const keptMilliseconds = 7 * 24 * 3_600_000;

/** Creates the index of notes if missing. Throws StoreUnavailable. */
export function makeNoteIndex(elasticsearch: Elasticsearch): Promise<void> {
  return makeIndex(elasticsearch, {
    name: indexName,
    patterns: [indexName],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date", format: "epoch_millis" },
        lapse: { properties: { note: { type: "object", enabled: false } } },
      },
    },
  });
}

const source = z.object({
  "@timestamp": z.int(),
  lapse: z.object({ note: z.object({ status: z.int().optional(), answer: z.string().optional() }) }),
});
