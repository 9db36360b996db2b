import { type Day, weekdayOf } from "../day.ts";
import type { UserDay } from "../user-history.ts";

/** The active days of one user, of one action or of all, as seen from a snapshot. Windows are the days right before it. */
export class Series {
  // In arrays that are kept from one user to the next, of which the first `length` days count.
  #days = new Int32Array(64);
  /** Actions before each of the days, and at last those of all of them. */
  #counts = new Float64Array(65);
  #values = new Float64Array(64);
  #length = 0;
  #at: Day = 0;
  /** How many of the days are before the snapshot. */
  #end = 0;
  /** Where the window begins that was asked for last. */
  #start = 0;

  clear(): void {
    this.#length = 0;
    this.#end = 0;
    this.#start = 0;
  }

  /** Days are added in ascending order; several on the same day are one active day. */
  add({ day, count, value }: UserDay): void {
    const n = this.#length;
    if (n > 0 && this.#days[n - 1] === day) {
      this.#counts[n] = (this.#counts[n] ?? 0) + count;
      this.#values[n - 1] = (this.#values[n - 1] ?? 0) + value;
    } else {
      if (n === this.#days.length) this.#grow();
      this.#days[n] = day;
      this.#counts[n + 1] = (this.#counts[n] ?? 0) + count;
      this.#values[n] = value;
      this.#length = n + 1;
    }
  }

  moveTo(at: Day): void {
    this.#at = at;
    this.#end = this.#indexOf(at);
    this.#start = this.#end;
  }

  /** The snapshot. */
  get at(): Day {
    return this.#at;
  }

  /** How many days were active. */
  get activeDays(): number {
    return this.#end;
  }

  /** The first active day. */
  get first(): Day | undefined {
    return this.#end === 0 ? undefined : this.#days[0];
  }

  /** The last active day. */
  get last(): Day | undefined {
    return this.#end === 0 ? undefined : this.#days[this.#end - 1];
  }

  /** Days from the last active day to the snapshot, at least 1; undefined without any. */
  since(): number | undefined {
    const { last } = this;
    return last === undefined ? undefined : this.#at - last;
  }

  activeDaysIn(days: number): number {
    return this.#end - this.#startOf(days);
  }

  countIn(days: number): number {
    return (this.#counts[this.#end] ?? 0) - (this.#counts[this.#startOf(days)] ?? 0);
  }

  /** Summed from the values themselves: the difference of two running sums would leave rounding errors beside zero. */
  valueIn(days: number): number {
    return this.#valueFrom(this.#startOf(days));
  }

  /** Days from one active day to the next, by the index of the first of the two. */
  gapAfter(index: number): number {
    return (this.#days[index + 1] ?? 0) - (this.#days[index] ?? 0);
  }

  /** Actions ever. */
  get count(): number {
    return this.#counts[this.#end] ?? 0;
  }

  /** Sum of values ever. */
  get value(): number {
    return this.#valueFrom(0);
  }

  /** The value of the last active day; 0 without any. */
  get lastValue(): number {
    return this.#end === 0 ? 0 : (this.#values[this.#end - 1] ?? 0);
  }

  /** Actions in the `days` days from a day `ago` days before the snapshot on, as far as they lie before it. */
  countFrom(ago: number, days: number): number {
    return (this.#counts[this.#startOf(ago - days)] ?? 0) - (this.#counts[this.#startOf(ago)] ?? 0);
  }

  /** Active days in the `days` days from a day `ago` days before the snapshot on, as far as they lie before it. */
  activeDaysFrom(ago: number, days: number): number {
    return this.#startOf(ago - days) - this.#startOf(ago);
  }

  /**
   * Adds up active days and their values, each with the weights of its age in days: as many for each age as there are sums, 0
   * beyond the last.
   */
  addDecayed(weights: Float64Array, daySums: Float64Array, valueSums: Float64Array): void {
    const sums = daySums.length;
    for (let i = this.#end - 1; i >= 0; i--) {
      const from = (this.#at - (this.#days[i] ?? 0)) * sums;
      if (from >= weights.length) break;
      const value = this.#values[i] ?? 0;
      for (let j = 0; j < sums; j++) daySums[j] = (daySums[j] ?? 0) + (weights[from + j] ?? 0);
      // Most days have no value.
      if (value === 0) continue;
      for (let j = 0; j < sums; j++) valueSums[j] = (valueSums[j] ?? 0) + (weights[from + j] ?? 0) * value;
    }
  }

  /** Actions, each with the weight of its age in days; 0 beyond the last weight. */
  decayedCount(weights: Float64Array): number {
    const days = this.#days;
    const counts = this.#counts;
    const at = this.#at;
    let sum = 0;
    for (let i = this.#end - 1; i >= 0; i--) {
      const weight = weights[at - (days[i] ?? 0)];
      if (weight === undefined) break;
      sum += weight * ((counts[i + 1] ?? 0) - (counts[i] ?? 0));
    }
    return sum;
  }

  /** Writes how many active days were a Monday, a Tuesday … a Sunday. */
  countWeekdays(counts: Uint32Array): void {
    counts.fill(0);
    for (let i = 0; i < this.#end; i++) {
      const weekday = weekdayOf(this.#days[i] ?? 0);
      counts[weekday] = (counts[weekday] ?? 0) + 1;
    }
  }

  #grow(): void {
    const [days, counts, values] = [this.#days, this.#counts, this.#values];
    this.#days = new Int32Array(2 * days.length);
    this.#counts = new Float64Array(2 * days.length + 1);
    this.#values = new Float64Array(2 * days.length);
    this.#days.set(days);
    this.#counts.set(counts);
    this.#values.set(values);
  }

  #valueFrom(index: number): number {
    let sum = 0;
    for (let i = index; i < this.#end; i++) sum += this.#values[i] ?? 0;
    return sum;
  }

  /**
   * Where the first day of the window stands, sought from where the last one began: features ask for windows by their length, so that a
   * few steps lead from one to the next, which takes less time than halving the days for each.
   */
  #startOf(days: number): number {
    const first = this.#at - days;
    let start = this.#start;
    while (start > 0 && (this.#days[start - 1] ?? 0) >= first) start -= 1;
    while (start < this.#end && (this.#days[start] ?? 0) < first) start += 1;
    this.#start = start;
    return start;
  }

  /** Where the first of the days that is not before `day` stands; mostly all are. */
  #indexOf(day: Day): number {
    const days = this.#days;
    let from = 0;
    let before = this.#length;
    if (before > 0 && (days[before - 1] ?? 0) < day) return before;
    while (from < before) {
      const middle = (from + before) >> 1;
      if ((days[middle] ?? 0) < day) from = middle + 1;
      else before = middle;
    }
    return from;
  }
}
