import { availableParallelism } from "node:os";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { StoreUnavailable } from "../../failures.ts";
import { DuckDbSession, duckDbFailure } from "./session.ts";

/**
 * One DuckDB file that the embedded stores share. Only one process can have it open; within that process every store
 * works through sessions of its own.
 */
export class DuckDbDatabase {
  /** The file, or `:memory:`. */
  readonly path: string;
  readonly #instance: DuckDBInstance;
  readonly #sessions = new Set<DuckDbSession>();
  readonly #streams = new Set<DuckDBConnection>();

  constructor(path: string, instance: DuckDBInstance) {
    this.path = path;
    this.#instance = instance;
  }

  /** A new connection, closed with the database at the latest. */
  async session(): Promise<DuckDbSession> {
    const session: DuckDbSession = new DuckDbSession(await this.#instance.connect(), this.path, () =>
      this.#sessions.delete(session),
    );
    this.#sessions.add(session);
    return session;
  }

  /**
   * Streams what `source` yields in a read transaction of its own, so that all of it is of one state of the database
   * however long the reader takes. `purpose` is as in DuckDbSession.run.
   */
  async *stream<T>(purpose: string, source: (connection: DuckDBConnection) => AsyncIterable<T>): AsyncGenerator<T> {
    let connection: DuckDBConnection | undefined;
    try {
      connection = await this.#instance.connect();
      this.#streams.add(connection);
      await connection.run("BEGIN TRANSACTION READ ONLY");
      yield* source(connection);
    } catch (error) {
      throw duckDbFailure(purpose, this.path, error);
    } finally {
      if (connection) await this.#endStream(connection);
    }
  }

  /** Lets running work end, moves everything from the write-ahead log into the file and gives the file free. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await Promise.all([...this.#streams].map((connection) => this.#endStream(connection)));
    const last = await this.session();
    await last.run("close the database", (connection) => connection.run("CHECKPOINT"));
    await last.close();
    this.#instance.closeSync();
  }

  /** Ends the transaction explicitly: the result of a stream that was left keeps it open even without its connection. */
  async #endStream(connection: DuckDBConnection): Promise<void> {
    if (!this.#streams.delete(connection)) return;
    await connection.run("ROLLBACK").catch(() => undefined);
    connection.closeSync();
  }
}

/**
 * Opens the DuckDB file at `path` (created when absent), or a database in memory for `:memory:`.
 * Throws StoreUnavailable when another process has the file open, or when it cannot be read.
 */
export async function openDuckDb(path: string): Promise<DuckDbDatabase> {
  try {
    // Through the cache a second opening in this process meets the first one's instance, which two instances on one
    // file would not: the file's lock holds only between processes.
    const instance = await DuckDBInstance.fromCache(path, path === ":memory:" ? {} : fileSettings(path));
    return new DuckDbDatabase(path, instance);
  } catch (error) {
    throw openingFailure(path, error);
  }
}

/**
 * DuckDB by itself takes 80 % of the machine's memory and all its cores. An import needs neither: what exceeds this
 * limit is spilled beside the file. With twice of it a log of 10 M actions is no faster in, and its memory grows with it
 * (npx tsx bench/import.ts).
 */
function fileSettings(path: string): Record<string, string> {
  return {
    memory_limit: "128MB",
    threads: String(Math.min(4, availableParallelism())),
    temp_directory: `${path}.tmp`,
    // Fewer, larger moves from the write-ahead log into the file: half the time of an import with the default 16 MB.
    checkpoint_threshold: "64MB",
  };
}

function openingFailure(path: string, cause: unknown): StoreUnavailable {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes("Could not set lock on file")) {
    return new StoreUnavailable(
      `Cannot open ${path}: it is in use by another lapse process. Stop that one, or give this one a directory of its own.`,
      { cause },
    );
  }
  return new StoreUnavailable(`Cannot open ${path}: ${message.split("\n", 1)[0]}`, { cause });
}
