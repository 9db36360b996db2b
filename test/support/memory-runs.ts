import { begun, type Changed, ended } from "#stores/runs/run-changes.ts";
import type { Job } from "#stores/runs/run-schema.ts";
import type { Counts, NewRun, Run, RunStore } from "#stores/runs/run-store.ts";

/** Runs in memory, by the rules of every store. */
export class MemoryRuns implements RunStore {
  readonly #now: () => number;
  readonly #runs = new Map<Job, readonly Run[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async begin(job: Job, run: NewRun, above?: number): Promise<Run | undefined> {
    return this.#change(job, begun(this.#of(job), run, { now: this.#now(), above }));
  }

  async newest(job: Job): Promise<Run | undefined> {
    return this.#of(job).at(-1);
  }

  async endSlice(job: Job, id: string, slice: number, counts: Counts): Promise<Run | undefined> {
    return this.#change(job, ended(this.#of(job), id, { slice, counts }, this.#now()));
  }

  async close(): Promise<void> {}

  #of(job: Job): readonly Run[] {
    return this.#runs.get(job) ?? [];
  }

  #change(job: Job, { runs, run }: Changed): Run | undefined {
    if (runs !== undefined) this.#runs.set(job, runs);
    return run;
  }
}
