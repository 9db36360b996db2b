/** Rows that are remembered at the least; a table of 2^20 slots holds them half full. */
const generationRows = 500_000;

/**
 * Counts how often equal rows have come by, in memory that does not grow with the log: the last half million
 * different rows are remembered (up to a million), as 64-bit hashes. The count depends on the rows up to this one
 * alone, so a log that is read again, or has grown at its end, gets the same counts. See
 * docs/decisions/import-identity.md.
 */
export class Occurrences {
  readonly #limit: number;
  readonly #numbers = new Float64Array(2);
  readonly #words = new Uint32Array(this.#numbers.buffer);
  #high = 0;
  #low = 0;
  #current = new HashCounts();
  #former = new HashCounts();

  /** `limit`: different rows in a generation; two generations are kept. */
  constructor(limit = generationRows) {
    this.#limit = limit;
  }

  /** 1 for the first row of this content, 2 for the next equal one … */
  next(user: string, action: string, time: number, value: number | undefined): number {
    this.#hash(user, action, time, value ?? Number.NaN);
    const high = this.#high;
    const low = this.#low;
    const known = this.#current.increment(high, low);
    if (known > 0) return known + 1;
    const former = this.#former.get(high, low);
    if (former > 0) this.#current.set(high, low, former + 1);
    if (this.#current.size >= this.#limit) {
      this.#former = this.#current;
      this.#current = new HashCounts(this.#former.capacity);
    }
    return former + 1;
  }

  /** Two 32-bit words: of the text by different primes, of the numbers by their bits. */
  #hash(user: string, action: string, time: number, value: number): void {
    this.#numbers[0] = time;
    this.#numbers[1] = value;
    let high = 0x811c9dc5;
    let low = user.length;
    for (let i = 0; i < user.length; i++) {
      const unit = user.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low + unit, 0x5bd1e995);
    }
    for (let i = 0; i < action.length; i++) {
      const unit = action.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low + unit, 0x5bd1e995);
    }
    for (let i = 0; i < 4; i++) {
      const word = this.#words[i] ?? 0;
      high = mix(high ^ word);
      low = mix(Math.imul(low, 0x9e3779b1) + word);
    }
    this.#high = high;
    this.#low = low;
  }
}

/** Counts by 64-bit hash, with open addressing in a typed array: 12 bytes a slot, at most half of them taken. */
class HashCounts {
  size = 0;
  /** Per slot: high word, low word, count. A count of 0 marks a free slot. */
  #slots: Uint32Array;
  #mask: number;

  /** `capacity`: slots to begin with, a power of two. */
  constructor(capacity = 1 << 12) {
    this.#slots = new Uint32Array(3 * capacity);
    this.#mask = capacity - 1;
  }

  get capacity(): number {
    return this.#mask + 1;
  }

  get(high: number, low: number): number {
    return this.size === 0 ? 0 : (this.#slots[this.#find(high, low) + 2] ?? 0);
  }

  /** Adds one to the count; answers what it was. */
  increment(high: number, low: number): number {
    const at = this.#find(high, low);
    const count = this.#slots[at + 2] ?? 0;
    if (count > 0) this.#slots[at + 2] = count + 1;
    else this.#insert(at, high, low, 1);
    return count;
  }

  set(high: number, low: number, count: number): void {
    const at = this.#find(high, low);
    if (this.#slots[at + 2] === 0) this.#insert(at, high, low, count);
    else this.#slots[at + 2] = count;
  }

  #insert(at: number, high: number, low: number, count: number): void {
    this.#write(at, high, low, count);
    this.size += 1;
    if (2 * this.size > this.#mask) this.#grow();
  }

  #write(at: number, high: number, low: number, count: number): void {
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    this.#slots[at + 2] = count;
  }

  /** Where in #slots this hash stands, or the free slot that it would take. */
  #find(high: number, low: number): number {
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = 3 * slot;
      if (this.#slots[at + 2] === 0 || (this.#slots[at + 1] === low && this.#slots[at] === high)) return at;
    }
  }

  #grow(): void {
    const former = this.#slots;
    this.#slots = new Uint32Array(4 * former.length);
    this.#mask = this.#slots.length / 3 - 1;
    for (let at = 0; at < former.length; at += 3) {
      const high = former[at] ?? 0;
      const low = former[at + 1] ?? 0;
      const count = former[at + 2] ?? 0;
      if (count > 0) this.#write(this.#find(high, low), high, low, count);
    }
  }
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
