import * as z from "zod";
import { changeDocument, type DocumentAddress, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { Lazy } from "../../lazy.ts";
import { begun, type Changed, ended } from "../run-changes.ts";
import { type Job, runsSchema } from "../run-schema.ts";
import type { Counts, NewRun, Run, RunStore } from "../run-store.ts";
import { makeRunIndex, runIndex } from "./indices.ts";

/** Runs in Elasticsearch, a document for each job, so that one write changes them together: for any number of processes. */
export class ElasticsearchRunStore implements RunStore {
  readonly #elasticsearch: Elasticsearch;
  readonly #now: () => number;
  /** Before the first write only, so that a reader needs no right to create an index. */
  readonly #prepared: Lazy<void>;

  /** The caller closes `elasticsearch`; the server may be away. `now` numbers runs, in milliseconds since the epoch. */
  constructor(elasticsearch: Elasticsearch, { now }: { readonly now: () => number }) {
    this.#elasticsearch = elasticsearch;
    this.#now = now;
    this.#prepared = new Lazy(() => makeRunIndex(elasticsearch));
  }

  begin(job: Job, run: NewRun, above?: number): Promise<Run | undefined> {
    return this.#change(`begin a run of ${job}`, job, (runs) => begun(runs, run, { now: this.#now(), above }));
  }

  async newest(job: Job): Promise<Run | undefined> {
    const there = await readDocument(this.#elasticsearch, "read the runs", this.#addressOf(job), stateSchema);
    return there?.lapse.runs.at(-1);
  }

  endSlice(job: Job, id: string, slice: number, counts: Counts): Promise<Run | undefined> {
    return this.#change(`end a slice of ${job}`, job, (runs) => ended(runs, id, { slice, counts }, this.#now()));
  }

  async close(): Promise<void> {}

  async #change(purpose: string, job: Job, next: (runs: readonly Run[]) => Changed): Promise<Run | undefined> {
    await this.#prepared.get();
    let run: Run | undefined;
    await changeDocument(this.#elasticsearch, purpose, this.#addressOf(job), stateSchema, (there) => {
      const changed = next(there?.lapse.runs ?? []);
      run = changed.run;
      return changed.runs && { lapse: { runs: changed.runs } };
    });
    return run;
  }

  #addressOf(job: Job): DocumentAddress {
    return { index: this.#elasticsearch.index(runIndex), id: job };
  }
}

const stateSchema = z.object({ lapse: z.object({ runs: runsSchema }) });
