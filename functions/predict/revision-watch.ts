import type { Logger } from "#runtime/logging.ts";
import type { StoreErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { within } from "./within.ts";

const purpose = "read the revision of features";

/** How long rows are kept while a run is writing others, in milliseconds. */
const longestWhileWriting = 60_000;

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
  /** How much longer the first one may take, since a new pod may have to wait for its first connection, in milliseconds. */
  readonly firstPatience?: number | undefined;
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
  /** Since when rows are being written, as far as is known, and by what revision. */
  #writing: { readonly id: string; readonly since: number } | undefined;
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
    const { store, longestWithout, clock } = this.#options;
    const began = clock();
    const patience = this.#patience();
    try {
      const revision = store.revision();
      const { id, isSettled } = await (patience === undefined ? revision : within(patience, purpose, revision));
      this.#revision = isSettled ? id : this.#whileWriting(id, began);
      this.#seenAt = began;
      this.#succeeded();
    } catch (error) {
      this.#failed(error);
      if (clock() - this.#seenAt >= longestWithout) throw error;
    }
  }

  #patience(): number | undefined {
    const { patience, firstPatience = 0 } = this.#options;
    const isFirst = this.#revision === undefined && this.#failure === undefined;
    return patience === undefined ? undefined : patience + (isFirst ? firstPatience : 0);
  }

  /**
   * A row that was read before a run replaced it is that of the night before, which is right for as long as the run goes on, when the revision
   * becomes another. Lest memory keep it for the rest of the day because the run never ends, it is emptied now and then.
   */
  #whileWriting(id: string, now: number): string {
    if (this.#writing?.id !== id || now - this.#writing.since >= longestWhileWriting)
      this.#writing = { id, since: now };
    return `${id}, since ${this.#writing.since}`;
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
