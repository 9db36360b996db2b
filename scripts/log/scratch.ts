import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import * as z from "zod";
import { type FollowedConnection, followedConnection } from "#stores/connections/duckdb/followed-connection.ts";
import { macros } from "./sql/macros.ts";

/**
 * A DuckDB file of its own in a temporary folder, in which a log is read and checked before any of it is stored. So a
 * log that turns out to be read wrongly has touched nothing, and every store is filled from the same rows.
 */
export class Scratch {
  /** For files beside the database; removed with it. */
  readonly folder: string;
  readonly databasePath: string;
  readonly #instance: DuckDBInstance;
  readonly #own: FollowedConnection;
  readonly #onProgress: (share: number) => void;
  readonly #onSignal: (signal: NodeJS.Signals) => void;
  #files = 0;
  #isReleased = false;

  private constructor(
    folder: string,
    databasePath: string,
    instance: DuckDBInstance,
    own: FollowedConnection,
    onProgress: (share: number) => void,
  ) {
    this.folder = folder;
    this.databasePath = databasePath;
    this.#instance = instance;
    this.#own = own;
    this.#onProgress = onProgress;
    // Ctrl-C ends the process as ever, and leaves nothing of a large log behind.
    this.#onSignal = (signal) => {
      this.#unwatch();
      rmSync(folder, { recursive: true, force: true });
      process.kill(process.pid, signal);
    };
    for (const signal of signals) process.once(signal, this.#onSignal);
  }

  /** `onProgress` hears how much of the long work is done, 0 … 1. */
  static async open(onProgress: (share: number) => void = () => undefined): Promise<Scratch> {
    const folder = await mkdtemp(join(tmpdir(), "lapse-import-"));
    const databasePath = join(folder, "import.duckdb");
    const instance = await DuckDBInstance.create(databasePath, {
      threads: String(Math.min(4, availableParallelism())),
      memory_limit: "384MB",
      // What is made before rows are staged is read once or twice and thrown away: compressing it takes longer than writing it.
      force_compression: "uncompressed",
      checkpoint_threshold: "256MB",
      autoinstall_known_extensions: "false",
    });
    const own = followedConnection(await instance.connect());
    await own.connection.run(`
      SET TimeZone = 'UTC';
      PRAGMA disable_checkpoint_on_shutdown;
      -- Progress is counted, for runLong, and not printed.
      SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0;
      ${macros}`);
    return new Scratch(folder, databasePath, instance, own, onProgress);
  }

  /** A path for a further file. */
  newFile(): string {
    this.#files += 1;
    return join(this.folder, `${this.#files}.txt`);
  }

  /** A name for a further table. */
  newTable(): string {
    this.#files += 1;
    return `records_${this.#files}`;
  }

  async run(sql: string): Promise<void> {
    await this.#own.connection.run(sql);
  }

  /** Runs the statement that is the part from `from` to `to` of the long work. */
  async runLong(sql: string, from: number, to: number): Promise<void> {
    const timer = setInterval(() => {
      // -1 where DuckDB cannot tell.
      const share = this.#own.connection.progress.percentage / 100;
      if (share > 0) this.#onProgress(from + (to - from) * Math.min(1, share));
    }, 200);
    try {
      await this.#own.connection.run(sql);
    } finally {
      clearInterval(timer);
    }
  }

  /** All rows of a small result. */
  async rows<Row>(sql: string, row: z.ZodType<Row>): Promise<Row[]> {
    const result = await this.#own.connection.run(sql);
    return z.array(row).parse(await result.getRowsJS());
  }

  /** The only row of a result. */
  async row<Row>(sql: string, row: z.ZodType<Row>): Promise<Row> {
    const [first] = await this.rows(sql, row);
    if (first === undefined) throw new TypeError("A query that always has a row has none");
    return first;
  }

  /** For results that are read in parts, and for appending. */
  get connection(): DuckDBConnection {
    return this.#own.connection;
  }

  /** Closes the database, so that another may attach its file, with the write-ahead log that lies beside it. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.#own.end();
    this.#instance.closeSync();
  }

  /** Removes all of it. */
  async dispose(): Promise<void> {
    await this.release();
    this.#unwatch();
    await rm(this.folder, { recursive: true, force: true });
  }

  #unwatch(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
