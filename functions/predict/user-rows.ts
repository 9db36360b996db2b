import type { Day } from "#churn/day.ts";
import type { FeatureSet } from "#stores/features/feature-store.ts";

/** What is stored of one user. */
export interface UserRow {
  readonly userId: string;
  readonly set: FeatureSet;
  /** For each of the set's populations; see FeatureRow. */
  readonly lapsed: readonly (Day | null)[];
  readonly values: ArrayLike<number>;
}

/** What is known of a user. */
export interface KnownUser {
  /** Undefined for a user of whom nothing is stored. */
  readonly row: UserRow | undefined;
}

interface Entry extends KnownUser {
  readonly bytes: number;
  /** Whether it was asked for since it was last passed over for eviction. */
  isUsed: boolean;
}

/**
 * Rows in memory, as many as fit into a number of bytes. Beyond, those go that were not asked for lately: by the clock
 * algorithm (second chance), which costs a read nothing but a mark.
 */
export class UserRows {
  readonly #most: number;
  readonly #evicted: (users: number) => void;
  /** In the order of the clock's hand: the next to be looked at comes first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** `evicted` is told how many users had to go. */
  constructor(bytes: number, evicted: (users: number) => void) {
    this.#most = bytes;
    this.#evicted = evicted;
  }

  get users(): number {
    return this.#entries.size;
  }

  /** What they take, as far as it can be told. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined if nothing is known of the user, not even that there is none. */
  get(userId: string): KnownUser | undefined {
    const entry = this.#entries.get(userId);
    if (entry !== undefined) entry.isUsed = true;
    return entry;
  }

  put(userId: string, row: UserRow | undefined): void {
    const bytes = sizeOf(userId, row);
    this.#bytes += bytes - (this.#entries.get(userId)?.bytes ?? 0);
    this.#entries.set(userId, { row, bytes, isUsed: false });
    if (this.#bytes > this.#most) this.#makeRoom();
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #makeRoom(): void {
    let evicted = 0;
    for (const [userId, entry] of this.#entries) {
      if (this.#bytes <= this.#most) break;
      this.#entries.delete(userId);
      if (entry.isUsed) {
        entry.isUsed = false;
        this.#entries.set(userId, entry);
      } else {
        this.#bytes -= entry.bytes;
        evicted += 1;
      }
    }
    this.#evicted(evicted);
  }
}

/**
 * Objects, the place in the map, the array of values and its buffer, rounded up: 100,000 rows of 188 values take 1.9 kB each on
 * Node 20, and are taken for 2.0.
 */
const [entryBytes, rowBytes] = [150, 350];

function sizeOf(userId: string, row: UserRow | undefined): number {
  const ofRow = row === undefined ? 0 : rowBytes + 8 * (row.values.length + row.lapsed.length);
  return entryBytes + 2 * userId.length + ofRow;
}
