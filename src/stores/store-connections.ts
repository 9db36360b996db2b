import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ActionStore } from "./actions/action-store.ts";
import type { DuckDbDatabase } from "./connections/duckdb/database.ts";
import type { Elasticsearch } from "./connections/elasticsearch/connection.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { FeatureStore } from "./features/feature-store.ts";
import { Lazy } from "./lazy.ts";
import type { ModelStore } from "./models/model-store.ts";
import type { StoreOptions } from "./store-options.ts";

/**
 * Opens the stores that a process asks for, on connections that they share. What a store needs is loaded when it is
 * opened: DuckDB and the Elasticsearch client each take longer than all else of a function's start. A server may be away
 * while its stores are opened. Opening throws a Failure when another process holds the file; it can be tried again.
 */
export class StoreConnections {
  readonly #options: StoreOptions;
  readonly #now: () => number;
  readonly #elasticsearch = new Lazy(() => this.#connect());
  readonly #duckDb = new Lazy(() => this.#openDuckDb());
  readonly #opened: { close(): Promise<void> }[] = [];

  /** `now` dates what is stored, in milliseconds since the epoch. */
  constructor(options: StoreOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  async actionStore(): Promise<ActionStore> {
    const options = { now: this.#now };
    if (this.#options.elasticsearch !== undefined) {
      const { ElasticsearchActionStore } = await import("./actions/elasticsearch/action-store.ts");
      return this.#closing(new ElasticsearchActionStore(await this.#elasticsearch.get(), options));
    }
    const { DuckDbActionStore } = await import("./actions/duckdb/action-store.ts");
    return this.#closing(await DuckDbActionStore.open(await this.#duckDb.get(), options));
  }

  async featureStore(): Promise<FeatureStore> {
    if (this.#options.elasticsearch !== undefined) {
      const { ElasticsearchFeatureStore } = await import("./features/elasticsearch/feature-store.ts");
      return this.#closing(new ElasticsearchFeatureStore(await this.#elasticsearch.get(), this.#now));
    }
    const { DuckDbFeatureStore } = await import("./features/duckdb/feature-store.ts");
    return this.#closing(await DuckDbFeatureStore.open(await this.#duckDb.get()));
  }

  async modelStore(): Promise<ModelStore> {
    const { minio, dataDir } = this.#options;
    if (minio !== undefined) {
      const { connectMinio } = await import("./connections/minio/connection.ts");
      const { MinioModelStore } = await import("./models/minio/model-store.ts");
      return MinioModelStore.open(connectMinio(minio), { now: this.#now });
    }
    const { DirectoryModelStore } = await import("./models/directory/model-store.ts");
    return DirectoryModelStore.open(join(dataDir, "models"), { now: this.#now });
  }

  async deadLetters(): Promise<DeadLetters> {
    if (this.#options.elasticsearch !== undefined) {
      const { ElasticsearchDeadLetters } = await import("./dead-letters/elasticsearch/dead-letters.ts");
      return new ElasticsearchDeadLetters(await this.#elasticsearch.get());
    }
    const { DirectoryDeadLetters } = await import("./dead-letters/directory/dead-letters.ts");
    return new DirectoryDeadLetters(join(this.#options.dataDir, "dead-letters"));
  }

  /** Throws StoreUnavailable, with what to look at, when Elasticsearch was connected to and does not let us in. */
  async check(): Promise<void> {
    const elasticsearch = await this.#elasticsearch.made();
    await elasticsearch?.run("reach Elasticsearch", (client) => client.info());
  }

  /** Closes every store that was opened, and then what they share. */
  async close(): Promise<void> {
    await Promise.all(this.#opened.map((store) => store.close()));
    await (await this.#elasticsearch.made())?.close();
    await (await this.#duckDb.made())?.close();
  }

  async #connect(): Promise<Elasticsearch> {
    const { elasticsearch, onRetry } = this.#options;
    if (elasticsearch === undefined) throw new TypeError("There is no Elasticsearch to connect to.");
    const { Elasticsearch } = await import("./connections/elasticsearch/connection.ts");
    return new Elasticsearch({ ...elasticsearch, onRetry: () => onRetry?.("elasticsearch") });
  }

  async #openDuckDb(): Promise<DuckDbDatabase> {
    const { openDuckDb } = await import("./connections/duckdb/database.ts");
    await mkdir(this.#options.dataDir, { recursive: true });
    return openDuckDb(join(this.#options.dataDir, "lapse.duckdb"));
  }

  #closing<Store extends { close(): Promise<void> }>(store: Store): Store {
    this.#opened.push(store);
    return store;
  }
}
