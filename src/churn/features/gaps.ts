import type { Series } from "./series.ts";

/**
 * The gaps between consecutive active days before a snapshot, in days of at least 1. A user with one active day has no
 * gap yet: the days since then, the least that the first can be, stand for its length in every measure of length.
 */
export class Gaps {
  #sorted = new Float64Array(64);
  /** Logarithms of whole numbers: nearly all gaps are shorter than this many days, and a logarithm takes ten times a look. */
  readonly #logs = Float64Array.from({ length: 1_024 }, (_, days) => Math.log(days));
  /** How many gaps there are of each length, while they are sorted; 0 else. */
  readonly #counts = new Uint32Array(1_024);
  #recency = 0;
  #last = 0;
  #secondLast = 0;
  #mean = 0;
  #deviation = 0;
  #logMean = 0;
  #logVariance = 0;
  /** How many there are, and how many of them are shorter than the present one. */
  #count = 0;
  #shorter = 0;

  /** Takes the gaps of a series that is moved to its snapshot, `recency` days after the last active day. */
  read(series: Series, recency: number): void {
    this.#recency = recency;
    this.#count = Math.max(0, series.activeDays - 1);
    const lengths = this.#lengths;
    if (this.#count === 0) lengths[0] = recency;
    else for (let i = 0; i < lengths.length; i++) lengths[i] = series.gapAfter(i);
    this.#last = lengths[lengths.length - 1] ?? recency;
    this.#secondLast = lengths[lengths.length - 2] ?? this.#last;
    this.#summarise(lengths);
    this.#sort(lengths);
    this.#shorter = this.#shorterThan(recency);
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Population standard deviation. */
  get deviation(): number {
    return this.#deviation;
  }

  get logMean(): number {
    return this.#logMean;
  }

  /** Population variance of the logarithms. */
  get logVariance(): number {
    return this.#logVariance;
  }

  get last(): number {
    return this.#last;
  }

  /** The gap before the last; the last itself where it is the only one. */
  get secondLast(): number {
    return this.#secondLast;
  }

  get median(): number {
    const n = this.#used;
    const upper = this.#at(n >> 1);
    return n % 2 === 1 ? upper : (upper + this.#at((n >> 1) - 1)) / 2;
  }

  /** At least a tenth of the gaps are this long or longer. */
  get ninetieth(): number {
    return this.#at(Math.floor(0.9 * (this.#used - 1)));
  }

  /** 0 without any. */
  get longest(): number {
    return this.#count === 0 ? 0 : this.#at(this.#count - 1);
  }

  /** How many were at least as long as the present one, which lasts since the last active day. */
  get asLong(): number {
    return this.#count - this.#shorter;
  }

  /** How many of these ended fewer than `days` days after they had been as long as the present one. */
  endedWithin(days: number): number {
    return this.#shorterThan(this.#recency + days) - this.#shorter;
  }

  get #used(): number {
    return Math.max(1, this.#count);
  }

  get #lengths(): Float64Array {
    if (this.#used > this.#sorted.length) this.#sorted = new Float64Array(2 * this.#used);
    return this.#sorted.subarray(0, this.#used);
  }

  #at(index: number): number {
    return this.#sorted[index] ?? 0;
  }

  /** In two passes: the mean square less the squared mean would leave rounding errors beside zero. */
  #summarise(lengths: Float64Array): void {
    const n = lengths.length;
    let sum = 0;
    let logSum = 0;
    for (let i = 0; i < n; i++) {
      const length = lengths[i] ?? 0;
      sum += length;
      logSum += this.#log(length);
    }
    const mean = sum / n;
    const logMean = logSum / n;
    let squares = 0;
    let logSquares = 0;
    for (let i = 0; i < n; i++) {
      const length = lengths[i] ?? 0;
      const difference = length - mean;
      squares += difference * difference;
      const logDifference = this.#log(length) - logMean;
      logSquares += logDifference * logDifference;
    }
    this.#mean = mean;
    this.#logMean = logMean;
    this.#deviation = Math.sqrt(squares / n);
    this.#logVariance = logSquares / n;
  }

  /** Gaps are short whole numbers, which to count takes a tenth of the time of sorting them. */
  #sort(lengths: Float64Array): void {
    const counts = this.#counts;
    let longest = 0;
    for (let i = 0; i < lengths.length; i++) longest = Math.max(longest, lengths[i] ?? 0);
    if (longest >= counts.length) {
      lengths.sort();
      return;
    }
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i] ?? 0;
      counts[length] = (counts[length] ?? 0) + 1;
    }
    let to = 0;
    for (let length = 0; length <= longest; length++) {
      const end = to + (counts[length] ?? 0);
      counts[length] = 0;
      while (to < end) lengths[to++] = length;
    }
  }

  #log(days: number): number {
    return this.#logs[days] ?? Math.log(days);
  }

  #shorterThan(days: number): number {
    let from = 0;
    let before = this.#count;
    while (from < before) {
      const middle = (from + before) >> 1;
      if (this.#at(middle) < days) from = middle + 1;
      else before = middle;
    }
    return from;
  }
}
