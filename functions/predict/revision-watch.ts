import type { Logger } from "#runtime/logging.ts";
import type { StoreErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { within } from "./within.ts";

const purpose = "read the revision of features";

export interface RevisionWatchOptions {
  readonly store: Pick<FeatureStore, "revision">;
  /**
   * How old a look at the revision may be, in milliseconds; with 0 there is one for each request, as suits a store that is in
   * this process.
   */
  readonly milliseconds: number;
  /** How long what is in memory may be used while the store does not respond, in milliseconds since the last look. */
  readonly longestWithout: number;
  /** How long a look may take, in milliseconds: somebody waits for it. Undefined for as long as it takes. */
  readonly patience?: number | undefined;
  /** Milliseconds, of a clock that never goes back. */
  readonly clock: () => number;
  readonly storeErrors?: StoreErrorMetrics | undefined;
  readonly logger?: Pick<Logger, "info" | "warn"> | undefined;
}

/**
 * Follows the revision of the feature store while somebody asks: without requests there are no looks, and in a steady flow of
 * them none waits for a look.
 */
export class RevisionWatch {
  readonly #options: RevisionWatchOptions;
  #revision: string | undefined;
  /** When the last look began that came to an end. */
  #seenAt = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #looking: Promise<void> | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(options: RevisionWatchOptions) {
    this.#options = options;
  }

  /** That of the last look: another one if rows may be others. Undefined before the first look. */
  get revision(): string | undefined {
    return this.#revision;
  }

  /**
   * Makes sure that the last look is not too old. Returns nothing if it is not; otherwise what to wait for, which rejects as the
   * store does if there was no look for longer than memory may be used without.
   */
  confirm(): Promise<void> | undefined {
    const { milliseconds, longestWithout, clock } = this.#options;
    if (milliseconds === 0) return this.#look();
    const now = clock();
    const age = now - this.#seenAt;
    if (age < milliseconds / 2) return undefined;
    if (this.#failure !== undefined && now - this.#failure.at < milliseconds)
      return age < longestWithout ? undefined : Promise.reject(this.#failure.error);
    // One for all who ask meanwhile.
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    // Its failure is told to those who wait for it.
    this.#looking.catch(() => undefined);
    // While the store is known to be away, the look that finds it again holds up nobody whose features are in memory.
    return age < milliseconds || (this.#failure !== undefined && age < longestWithout) ? undefined : this.#looking;
  }

  async #look(): Promise<void> {
    const { store, longestWithout, patience, clock } = this.#options;
    const began = clock();
    try {
      const revision = store.revision();
      const { id, isSettled } = await (patience === undefined ? revision : within(patience, purpose, revision));
      // While rows are being written, what was read before this look may be others by now.
      this.#looks += 1;
      this.#revision = isSettled ? id : `${id}, look ${this.#looks}`;
      this.#seenAt = began;
      this.#succeeded();
    } catch (error) {
      this.#failed(error);
      if (clock() - this.#seenAt >= longestWithout) throw error;
    }
  }

  #succeeded(): void {
    if (this.#failure !== undefined) this.#options.logger?.info("The store of features responds again.");
    this.#failure = undefined;
  }

  #failed(error: unknown): void {
    const { storeErrors, logger, clock } = this.#options;
    storeErrors?.failed("predict", error);
    if (this.#failure === undefined)
      logger?.warn(
        { error },
        "The store of features does not respond; for a while users in memory are predicted without it.",
      );
    this.#failure = { error, at: clock() };
  }
}
