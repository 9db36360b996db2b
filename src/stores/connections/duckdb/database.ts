import { availableParallelism } from "node:os";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import * as z from "zod";
import type { Failure } from "#churn/failure.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { LeftOutListener, UnreadableDocuments } from "../../unreadable-documents.ts";
import { UnreadableRows } from "../../unreadable-rows.ts";
import { type FollowedConnection, followedConnection } from "./followed-connection.ts";
import { readRows } from "./read.ts";
import { DuckDbSession, damaged, duckDbFailure, isDamage } from "./session.ts";

export interface DuckDbOptions {
  /** Called when rows cannot be read and are left out. */
  readonly onUnreadable?: ((rows: UnreadableDocuments) => void) | undefined;
}

/**
 * The DuckDB file that the embedded stores share. Only one process can have it open; within that process each store has
 * sessions of its own.
 */
export class DuckDbDatabase {
  /** The file, or `:memory:`. */
  readonly path: string;
  readonly #instance: DuckDBInstance;
  readonly #options: DuckDbOptions;
  readonly #sessions = new Set<DuckDbSession>();
  readonly #streams = new Set<FollowedConnection>();

  constructor(path: string, instance: DuckDBInstance, options: DuckDbOptions) {
    this.path = path;
    this.#instance = instance;
    this.#options = options;
  }

  /** A new connection; closed with the database if not before. */
  async session(): Promise<DuckDbSession> {
    const session: DuckDbSession = new DuckDbSession(followedConnection(await this.#instance.connect()), {
      path: this.path,
      onUnreadable: this.#options.onUnreadable,
      onClose: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /**
   * Streams what `source` yields in a read transaction of its own, so that it all reflects one state of the database
   * however slowly it is read. `purpose` is as in DuckDbSession.run. Throws StoreDamaged at the end if more than a small share of
   * the rows was left out.
   */
  async *stream<T>(
    purpose: string,
    source: (connection: DuckDBConnection, unreadable: UnreadableRows) => AsyncIterable<T>,
    listener: LeftOutListener = {},
  ): AsyncGenerator<T> {
    const unreadable = new UnreadableRows();
    let own: FollowedConnection | undefined;
    try {
      own = followedConnection(await this.#instance.connect());
      this.#streams.add(own);
      await own.connection.run("BEGIN TRANSACTION READ ONLY");
      yield* source(own.connection, unreadable);
      unreadable.requireMost(purpose, listener);
    } catch (error) {
      throw duckDbFailure(purpose, this.path, error);
    } finally {
      if (own) await this.#endStream(own);
      unreadable.tell(purpose, this.#options.onUnreadable);
    }
  }

  /**
   * Reads every block of the file, which DuckDB compares with its checksum; it takes about a second for 10 M actions. Throws
   * StoreDamaged.
   */
  async verify(): Promise<void> {
    const session = await this.session();
    try {
      await session.run("verify the database", async (connection) => {
        for (const table of await tablesOf(connection))
          await connection.run(`SELECT max(hash(rows)) FROM "${table}" AS rows`);
      });
    } finally {
      await session.close();
    }
  }

  /**
   * Copies everything, as it is at one moment, to a new file at `path`, while others read and write. What was deleted is not
   * in the copy. Returns the number of rows by table, once the whole copy was read again and agrees with its checksums.
   */
  async copyTo(path: string): Promise<ReadonlyMap<string, number>> {
    const session = await this.session();
    try {
      await session.run("copy the database", async (connection) => {
        const [own] = await readRows(await connection.run("SELECT current_database()"), z.tuple([z.string()]));
        await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS copied`);
        try {
          // One statement, and so one state of the database.
          await connection.run(`COPY FROM DATABASE "${own?.[0]}" TO copied`);
          await connection.run("CHECKPOINT copied");
        } finally {
          await connection.run("DETACH copied");
        }
      });
    } finally {
      await session.close();
    }
    const copy = await openDuckDb(path);
    try {
      await copy.verify();
      return await copy.countRows();
    } finally {
      await copy.close();
    }
  }

  /** The number of rows by table. */
  async countRows(): Promise<ReadonlyMap<string, number>> {
    const session = await this.session();
    try {
      return await session.run("count rows", async (connection) => {
        const counts = new Map<string, number>();
        for (const table of await tablesOf(connection)) {
          const result = await connection.run(`SELECT count(*)::DOUBLE FROM "${table}"`);
          counts.set(table, (await readRows(result, z.tuple([z.number()])))[0]?.[0] ?? 0);
        }
        return counts;
      });
    } finally {
      await session.close();
    }
  }

  /**
   * Waits for work under way, moves everything from the write-ahead log into the file, and releases the file, also where it could not
   * be moved: the log is read when the file is next opened.
   */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await Promise.all([...this.#streams].map((own) => this.#endStream(own)));
    try {
      const last = await this.session();
      try {
        await last.run("close the database", (connection) => connection.run("CHECKPOINT"));
      } finally {
        await last.close();
      }
    } finally {
      this.#instance.closeSync();
    }
  }

  async #endStream(own: FollowedConnection): Promise<void> {
    if (!this.#streams.delete(own)) return;
    // Explicitly: an abandoned stream's result keeps the transaction open even after the connection is closed.
    await own.end("ROLLBACK");
  }
}

/** The tables of the database itself: another may be attached, and sessions have temporary ones. */
async function tablesOf(connection: DuckDBConnection): Promise<string[]> {
  const sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY table_name";
  return (await readRows(await connection.run(sql), z.tuple([z.string()]))).map(([table]) => table);
}

/**
 * Opens the DuckDB file at `path`, creating it if absent, or an in-memory database for `:memory:`.
 * Throws StoreUnavailable if another process has the file open or it cannot be read.
 */
export async function openDuckDb(path: string, options: DuckDbOptions = {}): Promise<DuckDbDatabase> {
  try {
    // The file lock holds only between processes. The cache makes a second opening in this process share the instance.
    const instance = await DuckDBInstance.fromCache(path, path === ":memory:" ? {} : fileSettings(path));
    return new DuckDbDatabase(path, instance, options);
  } catch (error) {
    throw openingFailure(path, error);
  }
}

/**
 * By default DuckDB takes 80 % of the machine's memory and all its cores. An import needs neither: it spills to disk beyond this limit.
 * All sessions share it, and not everything can wait for room on disk: rows of 168 features are read in blocks of some 45 MB for each thread, beside
 * what others write, and whole rows of a million users with long reasons are sorted in up to 192 MB. Half of the limit was too little
 * for either.
 */
function fileSettings(path: string): Record<string, string> {
  return {
    memory_limit: "256MiB",
    threads: String(Math.min(4, availableParallelism())),
    temp_directory: `${path}.tmp`,
    // Fewer, larger checkpoints halve the time of an import compared with the default of 16 MB.
    checkpoint_threshold: "64MB",
    // The first rows of an order are found by what they are sorted by, and only then read whole; by default up to 50 of them.
    late_materialization_max_rows: "5001",
    // Where they are so many at most, only the blocks that hold them are read for that; by default up to 50.
    dynamic_or_filter_threshold: "1001",
  };
}

function openingFailure(path: string, cause: unknown): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes("Could not set lock on file")) {
    return new StoreUnavailable(
      `Cannot open ${path}: it is in use by another lapse process. Stop that one, or give this one a directory of its own.`,
      { cause },
    );
  }
  if (isDamage(message, path)) return damaged(path, cause);
  return new StoreUnavailable(`Cannot open ${path}: ${message.split("\n", 1)[0]}`, { cause });
}
