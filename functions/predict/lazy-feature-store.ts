import type { FeatureStore } from "../../stores/features/feature-store.ts";

type ReadStore = Pick<FeatureStore, "get" | "close">;

/** A store that is opened by its first read: most requests bring their features along, and need none. */
export class LazyFeatureStore implements ReadStore {
  readonly #open: () => Promise<ReadStore>;
  #store: Promise<ReadStore> | undefined;

  constructor(open: () => Promise<ReadStore>) {
    this.#open = open;
  }

  async get(userIds: readonly string[]): ReturnType<FeatureStore["get"]> {
    this.#store ??= this.#open().catch((error: unknown) => {
      // The next read tries again: another process may have let the store go.
      this.#store = undefined;
      throw error;
    });
    return (await this.#store).get(userIds);
  }

  /** Closes the store if it was opened. */
  async close(): Promise<void> {
    const store = await this.#store?.catch(() => undefined);
    await store?.close();
  }
}
