/** 16 bits an id and four probes make one of 400 ids that are not held look as if it were. */
const bitsPerId = 16;
const probes = 4;
const leastIds = 50_000;

/**
 * Tells of most ids that they are not among those added (a Bloom filter, https://doi.org/10.1145/362686.362692), in two bytes
 * for each. An id is given as two 32-bit words of it, which are random already.
 */
export class IdFilter {
  readonly #words: Int32Array;
  readonly #mask: number;
  readonly #mostIds: number;
  #ids = 0;

  /** Holds twice as many ids as `expected` before it `isFull`. */
  constructor(expected: number) {
    this.#mostIds = mostIdsFor(expected);
    this.#words = new Int32Array(IdFilter.bytesFor(expected) / 4);
    this.#mask = this.#words.length * 32 - 1;
  }

  /** What a filter for as many ids takes. */
  static bytesFor(expected: number): number {
    return 2 ** Math.ceil(Math.log2((mostIdsFor(expected) * bitsPerId) / 8));
  }

  /** Whether more ids were added than it can tell apart: it remains right, and tells less and less. */
  get isFull(): boolean {
    return this.#ids > this.#mostIds;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  add(first: number, second: number): void {
    this.#ids += 1;
    for (let probe = 0; probe < probes; probe++) {
      const bit = this.#bitOf(first, second, probe);
      const word = bit >>> 5;
      this.#words[word] = (this.#words[word] ?? 0) | (1 << (bit & 31));
    }
  }

  /** False only for an id that was never added. */
  mayHold(first: number, second: number): boolean {
    for (let probe = 0; probe < probes; probe++) {
      const bit = this.#bitOf(first, second, probe);
      if (((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  /** Double hashing: https://doi.org/10.1002/rsa.20208. */
  #bitOf(first: number, second: number, probe: number): number {
    return (first + Math.imul(probe, second | 1)) & this.#mask;
  }
}

function mostIdsFor(expected: number): number {
  return 2 * Math.max(expected, leastIds);
}
