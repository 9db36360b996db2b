import { type Day, weekdayOf } from "../day.ts";
import type { UserDay } from "../user-history.ts";

/** The active days of one user, of one action or of all, as seen from a snapshot. Windows are the days right before it. */
export class Series {
  readonly #days: Day[] = [];
  /** Actions before each of the days, and at last those of all of them. */
  readonly #counts: number[] = [0];
  readonly #values: number[] = [];
  #at: Day = 0;
  /** How many of the days are before the snapshot. */
  #end = 0;

  clear(): void {
    this.#days.length = 0;
    this.#counts.length = 1;
    this.#values.length = 0;
    this.#end = 0;
  }

  /** Days are added in ascending order; several on the same day are one active day. */
  add({ day, count, value }: UserDay): void {
    const last = this.#days.length - 1;
    if (this.#days[last] === day) {
      this.#counts[last + 1] = (this.#counts[last + 1] ?? 0) + count;
      this.#values[last] = (this.#values[last] ?? 0) + value;
    } else {
      this.#counts.push((this.#counts[last + 1] ?? 0) + count);
      this.#days.push(day);
      this.#values.push(value);
    }
  }

  moveTo(at: Day): void {
    this.#at = at;
    this.#end = this.#indexOf(at, this.#days.length);
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
    return this.#days[this.#end - 1];
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
    let sum = 0;
    for (let i = this.#startOf(days); i < this.#end; i++) sum += this.#values[i] ?? 0;
    return sum;
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
    return this.valueIn(Number.POSITIVE_INFINITY);
  }

  /** The value of the last active day; 0 without any. */
  get lastValue(): number {
    return this.#values[this.#end - 1] ?? 0;
  }

  /** Actions in the `days` days from a day `ago` days before the snapshot on, as far as they lie before it. */
  countFrom(ago: number, days: number): number {
    return (this.#counts[this.#startOf(ago - days)] ?? 0) - (this.#counts[this.#startOf(ago)] ?? 0);
  }

  /** Active days in the `days` days from a day `ago` days before the snapshot on, as far as they lie before it. */
  activeDaysFrom(ago: number, days: number): number {
    return this.#startOf(ago - days) - this.#startOf(ago);
  }

  /** Active days, each with the weight of its age in days; 0 beyond the last weight. */
  decayedDays(weights: Float64Array): number {
    let sum = 0;
    for (let i = this.#end - 1; i >= 0; i--) {
      const weight = weights[this.#at - (this.#days[i] ?? 0)];
      if (weight === undefined) break;
      sum += weight;
    }
    return sum;
  }

  /** Actions, each with the weight of its age in days; 0 beyond the last weight. */
  decayedCount(weights: Float64Array): number {
    let sum = 0;
    for (let i = this.#end - 1; i >= 0; i--) {
      const weight = weights[this.#at - (this.#days[i] ?? 0)];
      if (weight === undefined) break;
      sum += weight * ((this.#counts[i + 1] ?? 0) - (this.#counts[i] ?? 0));
    }
    return sum;
  }

  /** Values, each with the weight of its age in days; 0 beyond the last weight. */
  decayedValue(weights: Float64Array): number {
    let sum = 0;
    for (let i = this.#end - 1; i >= 0; i--) {
      const weight = weights[this.#at - (this.#days[i] ?? 0)];
      if (weight === undefined) break;
      sum += weight * (this.#values[i] ?? 0);
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

  #startOf(days: number): number {
    return this.#indexOf(this.#at - days, this.#end);
  }

  /** Where the first of the days that is not before `day` stands, among the first `high`. */
  #indexOf(day: Day, high: number): number {
    let from = 0;
    let before = high;
    while (from < before) {
      const middle = (from + before) >> 1;
      if ((this.#days[middle] ?? 0) < day) from = middle + 1;
      else before = middle;
    }
    return from;
  }
}
