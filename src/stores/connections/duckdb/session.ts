import { basename } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreDamaged, StoreUnavailable } from "../../failures.ts";
import type { UnreadableDocuments } from "../../unreadable-documents.ts";
import { UnreadableRows } from "../../unreadable-rows.ts";
import type { FollowedConnection } from "./followed-connection.ts";

/** Work on a connection, which leaves out the rows that it cannot read. */
export type DuckDbWork<T> = (connection: DuckDBConnection, unreadable: UnreadableRows) => Promise<T>;

export interface DuckDbSessionOptions {
  /** The file of the database. */
  readonly path: string;
  /** Called at the end of work that has left out rows. */
  readonly onUnreadable: ((rows: UnreadableDocuments) => void) | undefined;
  readonly onClose: () => void;
}

/**
 * A connection used by one piece of work at a time: it has one transaction and one open result, which overlapping work
 * would share.
 */
export class DuckDbSession {
  readonly #own: FollowedConnection;
  readonly #options: DuckDbSessionOptions;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(own: FollowedConnection, options: DuckDbSessionOptions) {
    this.#own = own;
    this.#options = options;
  }

  /**
   * Runs `work` after all earlier work of this session. Throws StoreUnavailable if DuckDB fails; `purpose` completes
   * its message "Could not …".
   */
  run<T>(purpose: string, work: DuckDbWork<T>): Promise<T> {
    const { path, onUnreadable } = this.#options;
    if (this.#closed) return Promise.reject(new StoreUnavailable(`Could not ${purpose}: ${path} is closed`));
    const unreadable = new UnreadableRows();
    const turn = this.#last.then(() => work(this.#own.connection, unreadable));
    this.#last = turn.catch(() => undefined);
    return turn.then(
      (result) => {
        unreadable.tell(purpose, onUnreadable);
        return result;
      },
      (error: unknown) => {
        throw duckDbFailure(purpose, path, error);
      },
    );
  }

  /** Does the same in one transaction: what `work` wrote is on disk when this resolves, and undone when it rejects. */
  transaction<T>(purpose: string, work: DuckDbWork<T>): Promise<T> {
    return this.run(purpose, async (connection, unreadable) => {
      await connection.run("BEGIN");
      try {
        const result = await work(connection, unreadable);
        await connection.run("COMMIT");
        return result;
      } catch (error) {
        // A failed COMMIT has already ended the transaction; the first error is the one to report.
        await connection.run("ROLLBACK").catch(() => undefined);
        throw error;
      }
    });
  }

  /** Closes the connection after the work already queued. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    await this.#own.end();
    this.#options.onClose();
  }
}

/**
 * Converts an error of DuckDB to a failure to `purpose` ("read histories"). DuckDB throws plain Errors; anything else
 * is already a Failure, or a defect of ours that must not pass for an unavailable store.
 */
export function duckDbFailure(purpose: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause.constructor !== Error) return cause;
  if (isDamage(cause.message, path)) return damaged(path, cause);
  return new StoreUnavailable(`Could not ${purpose} in ${path}: ${cause.message.split("\n", 1)[0]}`, { cause });
}

/** Whether DuckDB says with this message that the database at `path` is not what it wrote. */
export function isDamage(message: string, path: string): boolean {
  if (/corrupt|checksum/i.test(message)) return true;
  // Files that are imported are read by DuckDB as well, and may be cut short.
  return /not a valid DuckDB database|not read enough bytes/i.test(message) && message.includes(basename(path));
}

export function damaged(path: string, cause: unknown): StoreDamaged {
  return new StoreDamaged(
    `${path} is damaged: a part of it is not what was written, as after a failing disk or a copy that was cut short. Restore the file from a backup; or move it away together with settings.json beside it, and start again with the log.`,
    { cause },
  );
}
