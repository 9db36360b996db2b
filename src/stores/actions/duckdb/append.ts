import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { appendIncoming, createIncoming } from "../../connections/duckdb/append.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { Room } from "../../connections/duckdb/room.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import type { AppendOutcome, StagedOutcome } from "../action-store.ts";
import { appendStaged } from "./append-staged.ts";
import { type ActionRows, actionColumns, actionRows, repeatedNumbers } from "./rows.ts";

/**
 * Writes the actions that are not stored yet. Calls made during a write are written together after it, so that many
 * small ones share one transaction and one wait for the disk.
 */
export class ActionAppender {
  readonly #session: DuckDbSession;
  readonly #now: () => number;
  readonly #room: Pick<Room, "require"> | undefined;
  #lastBatch: number;
  /** How many actions were passed to `append` so far. */
  #actions = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  /** `lastBatch` is the greatest number of a stored batch, 0 if there is none. */
  constructor(session: DuckDbSession, lastBatch: number, { now, room }: AppenderOptions) {
    this.#session = session;
    this.#lastBatch = lastBatch;
    this.#now = now;
    this.#room = room;
  }

  append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    if (actions.length === 0) return Promise.resolve([]);
    const rows = actionRows(actions, this.#actions);
    this.#actions += actions.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** See `appendStaged`; actions that are handed over meanwhile wait. */
  async appendStaged(file: string): Promise<StagedOutcome> {
    await this.#room?.require();
    const batch = ++this.#lastBatch;
    return this.#session.run("store actions", (connection) => appendStaged(connection, file, batch, this.#now()));
  }

  /** Resolves when everything appended so far is stored or has failed. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#session.close();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      const calls = group.map((entry) => entry.rows);
      // Numbers are never reused, not even after a failure that may have stored the actions: the roll-up would take
      // the second batch for the first.
      const batch = ++this.#lastBatch;
      let settle: () => void;
      try {
        await this.#room?.require();
        const results = await this.#session.run("store actions", (connection) =>
          write(connection, calls, batch, this.#now()),
        );
        settle = () => {
          for (const [call, { resolve }] of group.entries()) resolve(results[call] ?? []);
        };
      } catch (error) {
        await this.#session.run("store actions", prepareAppends).catch(() => undefined);
        settle = () => {
          for (const { reject } of group) reject(error);
        };
      }
      // Callers prepare their next actions when these settle. Give DuckDB the next group to work on first.
      setImmediate(settle);
    }
    this.#writing = undefined;
  }

  /** The calls that have waited longest: at least one, and further ones up to `groupRows` actions. */
  #nextGroup(): Waiting[] {
    let calls = 0;
    let rows = 0;
    for (const entry of this.#waiting) {
      rows += entry.rows.count;
      if (calls > 0 && rows > groupRows) break;
      calls++;
    }
    return this.#waiting.splice(0, calls);
  }
}

/** Prepares the session for an ActionAppender. */
export async function prepareAppends(connection: DuckDBConnection): Promise<void> {
  await connection.run(createIncoming(actionColumns));
}

export interface AppenderOptions {
  /** Dates ingestion, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether there is room for more; undefined where that is not looked at. */
  readonly room?: Pick<Room, "require"> | undefined;
}

interface Waiting {
  readonly rows: ActionRows;
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** More actions in one transaction gain nothing and make the first wait for the last. */
const groupRows = 20_000;

const created: AppendOutcome = { status: "created" };
const duplicate: AppendOutcome = { status: "duplicate" };

/**
 * Stores the new actions among those of the calls. Returns the outcomes of each call. `incoming` is empty before and
 * after. All the work is in one query, so that DuckDB does not wait for JavaScript, which meanwhile prepares the next
 * calls. Only its INSERT writes to disk, in a transaction of its own.
 */
async function write(
  connection: DuckDBConnection,
  calls: readonly ActionRows[],
  batch: number,
  now: number,
): Promise<AppendOutcome[][]> {
  await appendIncoming(
    connection,
    calls.flatMap((call) => call.chunks),
  );
  const firstMonth = Math.min(...calls.map((call) => call.firstMonth));
  const lastMonth = Math.max(...calls.map((call) => call.lastMonth));
  const result = await connection.run(`
    CREATE OR REPLACE TEMP TABLE duplicates AS
      SELECT number FROM incoming JOIN actions USING (id_low, id_high, month)
      WHERE month BETWEEN ${firstMonth} AND ${lastMonth}
      UNION ALL SELECT unnest([${repeatedNumbers(calls)}]::DOUBLE[]);
    INSERT INTO actions
      SELECT ${batch}, make_timestamp_ms(${Math.trunc(now)}),
        * EXCLUDE (number) REPLACE (if(isnan(value), NULL, value) AS value)
      FROM incoming WHERE number NOT IN (FROM duplicates);
    ${createIncoming(actionColumns)};
    FROM duplicates`);
  const duplicates = new Set((await readRows(result, z.tuple([z.int()]))).map(([number]) => number));
  return calls.map(({ firstNumber, count }) =>
    Array.from({ length: count }, (_, row) => (duplicates.has(firstNumber + row) ? duplicate : created)),
  );
}
