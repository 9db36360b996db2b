import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import { readStored } from "../../connections/duckdb/read.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import { begun, type Changed, ended } from "../run-changes.ts";
import { type Job, runsSchema } from "../run-schema.ts";
import type { Counts, NewRun, Run, RunStore } from "../run-store.ts";

/** Runs in a DuckDB file: for one process. */
export class DuckDbRunStore implements RunStore {
  readonly #session: DuckDbSession;
  readonly #now: () => number;

  private constructor(session: DuckDbSession, now: () => number) {
    this.#session = session;
    this.#now = now;
  }

  /** The runs in `database`, whose table is created if missing. `now` numbers them, in milliseconds since the epoch. */
  static async open(database: DuckDbDatabase, { now }: { readonly now: () => number }): Promise<DuckDbRunStore> {
    const session = await database.session();
    // runs is JSON, a row for each job.
    await session.run("open the runs", (connection) =>
      connection.run("CREATE TABLE IF NOT EXISTS runs (job VARCHAR, runs VARCHAR)"),
    );
    return new DuckDbRunStore(session, now);
  }

  begin(job: Job, run: NewRun, above?: number): Promise<Run | undefined> {
    return this.#change("begin a run", job, (runs) => begun(runs, run, { now: this.#now(), above }));
  }

  newest(job: Job): Promise<Run | undefined> {
    return this.#session.run("read the runs", async (connection, unreadable) =>
      (await read(connection, job, unreadable))?.at(-1),
    );
  }

  endSlice(job: Job, id: string, slice: number, counts: Counts): Promise<Run | undefined> {
    return this.#change("end a slice", job, (runs) => ended(runs, id, { slice, counts }, this.#now()));
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #change(purpose: string, job: Job, next: (runs: readonly Run[]) => Changed): Promise<Run | undefined> {
    return this.#session.transaction(purpose, async (connection, unreadable) => {
      const there = await read(connection, job, unreadable);
      const { runs, run } = next(there ?? []);
      if (runs !== undefined) {
        // What is damaged is kept for a person to look at, under a name that no job has.
        if (there === undefined)
          await connection.run("UPDATE runs SET job = $1 WHERE job = $2", [`${job} damaged ${this.#now()}`, job]);
        await connection.run("DELETE FROM runs WHERE job = $1", [job]);
        await connection.run("INSERT INTO runs VALUES ($1, $2)", [job, JSON.stringify(runs)]);
      }
      return run;
    });
  }
}

/** Undefined where they cannot be read: they count as none, so that the next one can begin. */
async function read(
  connection: DuckDBConnection,
  job: Job,
  unreadable: UnreadableRows,
): Promise<readonly Run[] | undefined> {
  const result = await connection.run("SELECT job, runs FROM runs WHERE job = $1", [job]);
  const rowCount = result.rowCount;
  const [found] = await readStored(result, z.tuple([z.string(), jsonText(runsSchema)]), { unreadable, table: "runs" });
  return rowCount === 0 ? [] : found?.[1];
}
