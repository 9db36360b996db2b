import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { Room } from "../../connections/duckdb/room.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import type { GatheredWrites } from "../../gathered-writes.ts";
import type { AppendOutcome, StagedOutcome } from "../action-store.ts";
import { contradiction, created, duplicate } from "../append-outcomes.ts";
import { gatheredAppends } from "../gathered-appends.ts";
import { FewAppender } from "./append-few.ts";
import { appendMany, prepareMany } from "./append-many.ts";
import { appendStaged } from "./append-staged.ts";
import { differingRows } from "./differing.ts";
import { KnownIds } from "./known-ids.ts";
import { actionRows } from "./rows.ts";

export interface AppenderOptions {
  /** Dates ingestion, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether there is room for more; undefined where that is not looked at. */
  readonly room?: Pick<Room, "require"> | undefined;
}

/**
 * Writes the actions that are not stored yet; those of concurrent calls in one transaction, with one wait for the disk (see
 * GatheredWrites).
 */
export class ActionAppender {
  readonly #session: DuckDbSession;
  readonly #options: AppenderOptions;
  readonly #gathered: GatheredWrites<Action, AppendOutcome>;
  readonly #known: KnownIds;
  readonly #few: FewAppender;
  #lastBatch: number;

  private constructor(session: DuckDbSession, lastBatch: number, options: AppenderOptions, few: Few) {
    this.#session = session;
    this.#lastBatch = lastBatch;
    this.#options = options;
    this.#known = few.known;
    this.#few = few.appender;
    // Two at a time, so that one is prepared while the other is written.
    const bounds = { mostTogether: 10_000, mostWrites: 2 };
    this.#gathered = gatheredAppends((actions) => this.#write(actions), bounds);
  }

  /** An appender on a connection of its own; `lastBatch` is the greatest number of a stored batch, 0 if there is none. */
  static async open(session: DuckDbSession, lastBatch: number, options: AppenderOptions): Promise<ActionAppender> {
    const few = await session.run("open the actions", prepare);
    return new ActionAppender(session, lastBatch, options, few);
  }

  append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    return this.#gathered.write(actions);
  }

  /** See `appendStaged`; actions that are handed over meanwhile wait. */
  async appendStaged(file: string, mostContradicting?: number): Promise<StagedOutcome> {
    await this.#requireRoom();
    return this.#session.run("store actions", async (connection) => {
      this.#known.forget();
      return appendStaged(connection, file, ++this.#lastBatch, this.#options.now(), mostContradicting);
    });
  }

  /** Resolves when everything appended so far is stored or has failed. */
  async close(): Promise<void> {
    await this.#gathered.settled();
    await this.#session.close();
  }

  /** Throws StoreFull where there is no room for more. */
  async #requireRoom(): Promise<void> {
    await this.#options.room?.require(() => this.#session.run("look for room", reusableBytes));
  }

  async #write(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    const { now } = this.#options;
    const rows = actionRows(actions);
    await this.#requireRoom();
    const [duplicates, differing] = await this.#session.run("store actions", async (connection) => {
      // In the order of writes, and never reused, not even after a failure that may have stored the actions: the roll-up would
      // take the second batch for the first.
      const batch = ++this.#lastBatch;
      const isFew = actions.length <= mostFew;
      if (!isFew) this.#known.add(rows);
      const found = await (isFew
        ? this.#few.append(connection, rows, batch, now())
        : appendMany(connection, rows, batch, now()));
      return [found, await differingRows(connection, rows, found)] as const;
    });
    return actions.map((_, row) => {
      if (!duplicates.has(row)) return created;
      return differing.has(row) ? contradiction : duplicate;
    });
  }
}

/** The bytes of the database's file that deleted rows have left free, as of the last checkpoint. */
async function reusableBytes(connection: DuckDBConnection): Promise<number> {
  const result = await connection.run("SELECT (free_blocks * block_size)::DOUBLE FROM pragma_database_size()");
  const rows = await readRows(result, z.tuple([z.number()]));
  return rows.reduce((sum, [bytes]) => sum + bytes, 0);
}

interface Few {
  readonly known: KnownIds;
  readonly appender: FewAppender;
}

async function prepare(connection: DuckDBConnection): Promise<Few> {
  await prepareMany(connection);
  const known = new KnownIds();
  return { known, appender: await FewAppender.prepare(connection, known) };
}

/** From here on to make tables for the rows takes less time than to bind them to a statement. */
const mostFew = 500;
