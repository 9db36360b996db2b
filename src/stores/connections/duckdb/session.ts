import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreUnavailable } from "../../failures.ts";

/**
 * One connection, used by one piece of work at a time: a connection has one transaction and one open result, so that
 * work that overlaps would end up in each other's.
 */
export class DuckDbSession {
  readonly #connection: DuckDBConnection;
  readonly #path: string;
  readonly #onClose: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(connection: DuckDBConnection, path: string, onClose: () => void) {
    this.#connection = connection;
    this.#path = path;
    this.#onClose = onClose;
  }

  /**
   * Runs `work` when all earlier work of this session has ended. `purpose` completes "Could not …" when DuckDB
   * fails, as StoreUnavailable.
   */
  run<T>(purpose: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreUnavailable(`Could not ${purpose}: ${this.#path} is closed`));
    const turn = this.#last.then(() => work(this.#connection));
    this.#last = turn.catch(() => undefined);
    return turn.catch((error: unknown) => {
      throw duckDbFailure(purpose, this.#path, error);
    });
  }

  /** The same in one transaction: what `work` wrote is on disk when this resolves, and undone when it rejects. */
  transaction<T>(purpose: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.run(purpose, async (connection) => {
      await connection.run("BEGIN");
      try {
        const result = await work(connection);
        await connection.run("COMMIT");
        return result;
      } catch (error) {
        // A COMMIT that failed has ended the transaction already; the first error is the one to tell.
        await connection.run("ROLLBACK").catch(() => undefined);
        throw error;
      }
    });
  }

  /** Closes the connection after the work that is already waiting. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    this.#connection.closeSync();
    this.#onClose();
  }
}

/**
 * What DuckDB threw, as a failure to `purpose` ("read histories"). It throws plain Errors; whatever else comes along is
 * a Failure already, or a defect of ours that must not look like a store that is down.
 */
export function duckDbFailure(purpose: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause.constructor !== Error) return cause;
  return new StoreUnavailable(`Could not ${purpose} in ${path}: ${cause.message.split("\n", 1)[0]}`, { cause });
}
