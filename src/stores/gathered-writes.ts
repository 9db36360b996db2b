import { type AsCaller, asCaller } from "./as-caller.ts";
import { refusesAll, StoreUnavailable } from "./failures.ts";

/** Milliseconds: longer than callers on this machine or in its cluster take to send their next item, and less than most writes. */
export const callersPatience = 1.5;

/** How many times as long callers are waited for who come one after the other, each within the others' patience. */
const mostPatience = 3;

/** Calls that share a write and wait for no further ones: a write costs hardly more for each, and a store that waits does nothing. */
const mostAwaited = 12;

/** Stores items; the outcome at position i is that of items[i]. */
type Write<Item, Outcome> = (items: readonly Item[]) => Promise<readonly Outcome[]>;

export interface GatheringOptions<Item> {
  /** Completes "Could not …" where too much is waiting. */
  readonly purpose: string;
  /** The most items that calls share a write with; a call that has more is written alone. */
  readonly mostItems: number;
  /** The most bytes of a shared write. */
  readonly mostBytes: number;
  /** Roughly the bytes of one item. */
  readonly bytesOf: (item: Item) => number;
  /** How many writes may be under way while what waits is enough for another one of `mostItems`. */
  readonly mostWrites: number;
  /** The most items that may wait; they take memory. */
  readonly mostWaiting: number;
  /**
   * How long, in milliseconds, the next write waits for another one of those whose calls were answered by the last one, if these were
   * several: most of them are about to send their next. None by default.
   */
  readonly patience?: number | undefined;
}

/**
 * Group commit: a write that comes while none is under way goes at once; those that come meanwhile are written together
 * after it, and so share one transaction and one wait for the disk. Who calls alone waits for nobody. Of several who call again and
 * again, half would write while the other half waits, in turns, which takes twice the writes: with some patience they get together.
 * What is written together is a part of the trace of the call that has waited longest.
 */
export class GatheredWrites<Item, Outcome> {
  readonly #write: Write<Item, Outcome>;
  readonly #options: GatheringOptions<Item>;
  #waiting: Call<Item, Outcome>[] = [];
  #waitingItems = 0;
  #waitingBytes = 0;
  readonly #writes = new Set<Promise<void>>();
  /** Who is waited for, if anyone is: as many calls as wrote or waited when the last write ended, at most twelve, for a moment. */
  #expected = { calls: 0, since: Number.NEGATIVE_INFINITY };
  /** When the last call came. */
  #lastCame = Number.NEGATIVE_INFINITY;
  #patience: NodeJS.Timeout | undefined;

  constructor(write: Write<Item, Outcome>, options: GatheringOptions<Item>) {
    this.#write = write;
    this.#options = options;
  }

  /**
   * Resolves with the outcomes of these items once all of them are settled. Rejects as the write does, and only with what
   * these items cause by themselves or any others would have met too. Throws StoreUnavailable, at once, if too many wait.
   */
  write(items: readonly Item[]): Promise<readonly Outcome[]> {
    const { purpose, mostWaiting, bytesOf } = this.#options;
    if (items.length === 0) return Promise.resolve([]);
    if (this.#waitingItems > 0 && this.#waitingItems + items.length > mostWaiting) {
      const message = `Could not ${purpose}: ${this.#waitingItems} are already waiting to be stored.`;
      return Promise.reject(new StoreUnavailable(message));
    }
    const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, bytes, asCaller: asCaller(), resolve, reject });
      this.#waitingItems += items.length;
      this.#waitingBytes += bytes;
      this.#lastCame = performance.now();
      this.#start();
    });
  }

  /** Resolves when everything that was passed to `write` so far is settled. */
  async settled(): Promise<void> {
    // Also those that would wait for others first, again after each write.
    while (this.#writes.size > 0 || this.#waiting.length > 0) {
      this.#expectNobody();
      await Promise.all(this.#writes);
    }
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#mayStart()) {
      clearTimeout(this.#patience);
      this.#patience = undefined;
      const calls = this.#take();
      const writing: Promise<void> = this.#writeTogether(calls, () => {
        // Before the callers go on, who prepare what they write next: the store is not to wait longer for them than it has patience.
        this.#writes.delete(writing);
        this.#expect(calls.length + this.#waiting.length);
        this.#start();
      });
      this.#writes.add(writing);
    }
  }

  #expect(calls: number): void {
    const { patience = 0 } = this.#options;
    if (patience > 0) this.#expected = { calls: Math.min(calls, mostAwaited), since: performance.now() };
  }

  #expectNobody(): void {
    this.#expected = { calls: 0, since: Number.NEGATIVE_INFINITY };
    this.#start();
  }

  /** Whether more calls are expected to join those that wait, in time. */
  #isPatient(): boolean {
    const { patience = 0 } = this.#options;
    const { calls, since } = this.#expected;
    const now = performance.now();
    if (this.#waiting.length >= calls) return false;
    const left = Math.min(Math.max(since, this.#lastCame) + patience, since + mostPatience * patience) - now;
    if (left <= 0) return false;
    this.#patience ??= setTimeout(() => {
      // Timers come before what has arrived meanwhile, and up to a millisecond too early: it is seen then whether to go on waiting.
      setImmediate(() => {
        this.#patience = undefined;
        this.#start();
      });
    }, left);
    return true;
  }

  #mayStart(): boolean {
    const { mostItems, mostBytes, mostWrites } = this.#options;
    const isEnough = this.#waitingItems >= mostItems || this.#waitingBytes >= mostBytes;
    if (this.#writes.size === 0) return isEnough || !this.#isPatient();
    return this.#writes.size < mostWrites && isEnough;
  }

  /** The calls that have waited longest: at least one, and further ones within the bounds. */
  #take(): Call<Item, Outcome>[] {
    const { mostItems, mostBytes } = this.#options;
    let [calls, items, bytes] = [0, 0, 0];
    for (const call of this.#waiting) {
      const isTooMuch = items + call.items.length > mostItems || bytes + call.bytes > mostBytes;
      if (calls > 0 && isTooMuch) break;
      calls += 1;
      items += call.items.length;
      bytes += call.bytes;
    }
    this.#waitingItems -= items;
    this.#waitingBytes -= bytes;
    const taken = this.#waiting.slice(0, calls);
    this.#waiting = this.#waiting.slice(calls);
    return taken;
  }

  /**
   * Never rejects. A write that fails is repeated in halves, down to single calls: one call's items must not fail another's. Not if the
   * store takes nothing at all, such as without credentials or room.
   * `ended` is called once, when nothing is left to be written.
   */
  async #writeTogether(calls: readonly Call<Item, Outcome>[], ended: () => void): Promise<void> {
    const [first, ...others] = calls;
    if (first === undefined) return ended();
    try {
      const together = others.length === 0 ? first.items : calls.flatMap(({ items }) => items);
      // Also what it throws at once fails later: `ended` is not to be called before the caller has what this returns.
      const outcomes = await first.asCaller(async () => this.#write(together));
      ended();
      let from = 0;
      for (const { items, resolve } of calls) {
        resolve(others.length === 0 ? outcomes : outcomes.slice(from, from + items.length));
        from += items.length;
      }
    } catch (error) {
      if (others.length === 0 || refusesAll(error)) {
        ended();
        for (const { reject } of calls) reject(error);
        return;
      }
      const half = Math.ceil(calls.length / 2);
      await this.#writeTogether(calls.slice(0, half), () => undefined);
      await this.#writeTogether(calls.slice(half), ended);
    }
  }
}

interface Call<Item, Outcome> {
  readonly items: readonly Item[];
  readonly bytes: number;
  readonly asCaller: AsCaller;
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}
