import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isStagingUnfinished } from "../backup/staged-folder.ts";
import { dataNames } from "../data-folder.ts";
import { StoreUnavailable } from "../failures.ts";
import { Lazy } from "../lazy.ts";
import type { StoreOptions } from "../store-options.ts";
import type { DuckDbDatabase } from "./duckdb/database.ts";
import type { Elasticsearch } from "./elasticsearch/connection.ts";
import type { MinioConnection } from "./minio/connection.ts";

/**
 * The connections that the stores of one process share. Each is opened, and its client loaded, when a store first asks
 * for it: DuckDB and the Elasticsearch client each take longer to load than the rest of a function's start.
 */
export class Connections {
  readonly options: StoreOptions;
  /** Dates what is stored, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly #elasticsearch = new Lazy(() => this.#connectElasticsearch());
  readonly #duckDb = new Lazy(() => this.#openDuckDb());
  readonly #minio = new Lazy(() => this.#connectMinio());

  constructor(options: StoreOptions, now: () => number) {
    this.options = options;
    this.now = now;
  }

  /** The server may be away. */
  elasticsearch(): Promise<Elasticsearch> {
    return this.#elasticsearch.get();
  }

  /** Throws StoreUnavailable when another process has the file open; the call can be repeated. */
  duckDb(): Promise<DuckDbDatabase> {
    return this.#duckDb.get();
  }

  /** The server may be away. */
  minio(): Promise<MinioConnection> {
    return this.#minio.get();
  }

  /** A folder or file of the embedded stores, which may not exist yet. */
  folder(name: string): string {
    return join(this.options.dataDir, name);
  }

  /** Throws StoreUnavailable, saying what to check, if Elasticsearch is in use and cannot be reached. */
  async check(): Promise<void> {
    const elasticsearch = await this.#elasticsearch.made();
    await elasticsearch?.run("reach Elasticsearch", (client) => client.info());
  }

  /** Throws StoreDamaged, saying what to do, if the embedded database is open and a part of it is damaged. */
  async verify(): Promise<void> {
    await (await this.#duckDb.made())?.verify();
  }

  /** Closes them all, also where one cannot be closed, of which it then tells. */
  async close(): Promise<void> {
    try {
      await (await this.#elasticsearch.made())?.close();
    } finally {
      await (await this.#duckDb.made())?.close();
    }
  }

  async #connectElasticsearch(): Promise<Elasticsearch> {
    const { elasticsearch, onRetry, onUnreadable, spans } = this.options;
    if (elasticsearch === undefined) throw new TypeError("There is no Elasticsearch to connect to.");
    const { Elasticsearch } = await import("./elasticsearch/connection.ts");
    return new Elasticsearch({ ...elasticsearch, onRetry: () => onRetry?.("elasticsearch"), onUnreadable, spans });
  }

  async #openDuckDb(): Promise<DuckDbDatabase> {
    const { openDuckDb } = await import("./duckdb/database.ts");
    await mkdir(this.options.dataDir, { recursive: true });
    if (await isStagingUnfinished(this.options.dataDir))
      throw new StoreUnavailable(
        `A restore to ${this.options.dataDir} was cut short. Start lapse, or restore again: both finish it.`,
      );
    const path = databaseIn(this.options.dataDir);
    const { findTornLog } = await import("./duckdb/torn-log.ts");
    // Before it is opened, which makes an end of the log.
    const torn = await findTornLog(path);
    const database = await openDuckDb(path, this.options);
    if (torn !== undefined) this.options.onTornLog?.(torn);
    return database;
  }

  async #connectMinio(): Promise<MinioConnection> {
    const { minio, spans } = this.options;
    if (minio === undefined) throw new TypeError("There is no MinIO to connect to.");
    const { connectMinio } = await import("./minio/connection.ts");
    return connectMinio({ ...minio, spans });
  }
}

/** The file of the embedded database. */
export function databaseIn(dataDir: string): string {
  return join(dataDir, dataNames.database);
}
