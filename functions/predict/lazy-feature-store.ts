import type { FeatureStore } from "#stores/features/feature-store.ts";
import { Lazy } from "#stores/lazy.ts";

type ReadStore = Pick<FeatureStore, "get" | "revision" | "close">;

/**
 * A store that is opened by its first read: most requests bring their features along, and need none. Where it cannot be
 * opened, the next read tries again: another process may have let it go.
 */
export class LazyFeatureStore implements ReadStore {
  readonly #store: Lazy<ReadStore>;

  constructor(open: () => Promise<ReadStore>) {
    this.#store = new Lazy(open);
  }

  async get(userIds: readonly string[]): ReturnType<FeatureStore["get"]> {
    return (await this.#store.get()).get(userIds);
  }

  async revision(): ReturnType<FeatureStore["revision"]> {
    return (await this.#store.get()).revision();
  }

  /** Closes the store if it was opened. */
  async close(): Promise<void> {
    await (await this.#store.made())?.close();
  }
}
