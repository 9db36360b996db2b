import { StoreUnavailable } from "#stores/failures.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { Lazy } from "#stores/lazy.ts";

type ReadStore = Pick<FeatureStore, "get" | "close">;

/**
 * A store that is opened by its first read: most requests bring their features along, and need none. Where it cannot be
 * opened, the next read tries again: another process may have let it go.
 */
export class LazyFeatureStore implements ReadStore {
  readonly #store: Lazy<ReadStore>;

  readonly #milliseconds: number | undefined;

  /** Where it is given, a read takes no longer than `milliseconds`: somebody waits for the prediction. */
  constructor(open: () => Promise<ReadStore>, milliseconds?: number) {
    this.#store = new Lazy(open);
    this.#milliseconds = milliseconds;
  }

  /** As the store's; also throws StoreUnavailable when the time is over. */
  async get(userIds: readonly string[]): ReturnType<FeatureStore["get"]> {
    const reading = this.#store.get().then((store) => store.get(userIds));
    return this.#milliseconds === undefined ? reading : within(this.#milliseconds, reading);
  }

  /** Closes the store if it was opened. */
  async close(): Promise<void> {
    await (await this.#store.made())?.close();
  }
}

async function within<T>(milliseconds: number, reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new StoreUnavailable(`Could not read features: no response within ${milliseconds} ms`);
    timer = setTimeout(() => reject(failure), milliseconds);
  });
  try {
    // What comes later is of no use, and no failure of its own.
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
