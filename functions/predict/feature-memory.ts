import type { FeatureMemoryMetrics } from "#runtime/metrics/feature-memory.ts";
import type { FeatureStore, StoredFeatures } from "#stores/features/feature-store.ts";
import type { RevisionWatch } from "./revision-watch.ts";
import { type UserRow, UserRows } from "./user-rows.ts";
import { within } from "./within.ts";

/** Where rows of users are found by user id; users without a row are left out. */
export interface RowSource {
  /** At once if they are in memory. */
  get(userIds: readonly string[]): ReadonlyMap<string, UserRow> | Promise<ReadonlyMap<string, UserRow>>;
}

export interface FeatureMemoryOptions {
  readonly store: Pick<FeatureStore, "get">;
  /** Tells whether what is in memory is still right. */
  readonly watch: RevisionWatch;
  /** The most bytes of rows in memory; 0 keeps none. */
  readonly bytes: number;
  /** How long a read may take altogether, in milliseconds: somebody waits for the prediction. Undefined for as long as it takes. */
  readonly deadlineMilliseconds?: number | undefined;
  /** How much longer from the first read on, until one has ended, since a new pod may have to wait for its first connection. */
  readonly firstMilliseconds?: number | undefined;
  readonly metrics?: FeatureMemoryMetrics | undefined;
}

/**
 * Features by user id from memory, as far as they were read since the store had another revision; also that a user has lapsed or
 * is not known. The others are read from the store. While a run is writing rows, those of the night
 * before are kept until it ends, at most for a minute.
 */
export class FeatureMemory implements RowSource {
  readonly #options: FeatureMemoryOptions;
  readonly #rows: UserRows;
  /** The state of the store that the rows are of. */
  #revision: string | undefined;
  #hasRead = false;
  #firstRead: number | undefined;

  constructor(options: FeatureMemoryOptions) {
    this.#options = options;
    this.#rows = new UserRows(options.bytes, (users) => options.metrics?.evicted(users));
  }

  /** Throws StoreUnavailable, also if that is known only once the time is over. */
  get(userIds: readonly string[]): ReadonlyMap<string, UserRow> | Promise<ReadonlyMap<string, UserRow>> {
    const { watch, deadlineMilliseconds } = this.#options;
    const looking = this.#options.bytes === 0 ? undefined : watch.confirm();
    if (looking === undefined) {
      const found = this.#known(userIds);
      if (found !== undefined) return found;
    }
    const reading = this.#read(userIds, looking).finally(() => {
      this.#hasRead = true;
    });
    if (deadlineMilliseconds === undefined) return reading;
    return within(deadlineMilliseconds + this.#longer(), "read features", reading);
  }

  /** What is left of the time for the first connection, which a store that hangs takes up but once. */
  #longer(): number {
    if (this.#hasRead) return 0;
    const now = performance.now();
    this.#firstRead ??= now;
    return Math.max(0, this.#firstRead + (this.#options.firstMilliseconds ?? 0) - now);
  }

  /** Undefined unless all of them are in memory. */
  #known(userIds: readonly string[]): Map<string, UserRow> | undefined {
    const { missing, found } = this.#lookUp(userIds);
    if (missing.length > 0) return undefined;
    this.#options.metrics?.found(userIds.length);
    return found;
  }

  async #read(userIds: readonly string[], looking: Promise<void> | undefined): Promise<ReadonlyMap<string, UserRow>> {
    await looking;
    const { store, metrics, bytes } = this.#options;
    if (bytes === 0) return store.get(userIds);
    const { missing, found } = this.#lookUp(userIds);
    metrics?.found(userIds.length - missing.length);
    if (missing.length === 0) return found;
    metrics?.missed(missing.length);
    const revision = this.#revision;
    const read = await store.get(missing);
    const isSame = revision === this.#current();
    for (const userId of missing) {
      const row = read.get(userId);
      if (row !== undefined) found.set(userId, row);
      if (isSame) this.#rows.put(userId, row && compact(row));
    }
    metrics?.holds(this.#rows.users, this.#rows.bytes);
    return found;
  }

  #lookUp(userIds: readonly string[]): { missing: string[]; found: Map<string, UserRow> } {
    this.#current();
    const found = new Map<string, UserRow>();
    const missing: string[] = [];
    for (const userId of userIds) {
      const known = this.#rows.get(userId);
      if (known === undefined) missing.push(userId);
      else if (known.row !== undefined) found.set(userId, known.row);
    }
    return { missing, found };
  }

  /** The revision that the store is known to have. Forgets the rows of any other. */
  #current(): string | undefined {
    const { revision } = this.#options.watch;
    if (revision !== this.#revision) {
      this.#rows.clear();
      this.#revision = revision;
    }
    return revision;
  }
}

/** Eight bytes for each value: with four, a value near the threshold of a tree could change sides. */
function compact({ userId, set, lapsed, values }: StoredFeatures): UserRow {
  return { userId, set, lapsed, values: new Float64Array(values) };
}
