import type { Day } from "../day.ts";
import type { UserHistory } from "../user-history.ts";
import { DecayedSums, decayWeights } from "./decay.ts";
import { Gaps } from "./gaps.ts";
import { Series } from "./series.ts";

/**
 * What a user did before a snapshot: what features are computed from. One object serves many users and snapshots, so
 * that features look up their series once: `read` takes a history, `moveTo` a snapshot.
 */
export class Past {
  /** Actions of any name. */
  readonly all = new Series();
  /** What stands for the days since something that never happened. */
  readonly never: number;
  readonly #byAction = new Map<string, Series>();
  readonly #weights = new Map<number, Float64Array>();
  readonly #decayed = new DecayedSums();
  readonly #gaps = new Gaps();
  readonly #weekdays = new Uint32Array(7);
  /** Whether they are those before the present snapshot. */
  #hasDecayed = false;
  #hasGaps = false;
  #hasWeekdays = false;

  constructor(never: number) {
    this.never = never;
  }

  /** Actions of one name. To be asked for before a history is read. */
  of(action: string): Series {
    const known = this.#byAction.get(action);
    if (known !== undefined) return known;
    const series = new Series();
    this.#byAction.set(action, series);
    return series;
  }

  /** What an active day weighs by its age in days, with a half-life in hours. */
  decayWeights(hours: number): Float64Array {
    const known = this.#weights.get(hours) ?? decayWeights(hours);
    this.#weights.set(hours, known);
    return known;
  }

  /** The place of a half-life among the sums of `decayed`. To be asked for before a history is read. */
  placeOfDecayed(hours: number): number {
    return this.#decayed.placeOf(hours);
  }

  read({ days }: UserHistory): void {
    this.all.clear();
    for (const series of this.#byAction.values()) series.clear();
    for (const userDay of days) {
      this.all.add(userDay);
      this.#byAction.get(userDay.action)?.add(userDay);
    }
  }

  /** From here on, what happened on day `at` or later is hidden. */
  moveTo(at: Day): void {
    this.#hasDecayed = false;
    this.#hasGaps = false;
    this.#hasWeekdays = false;
    this.all.moveTo(at);
    for (const series of this.#byAction.values()) series.moveTo(at);
  }

  /** Days since the last action. */
  get recency(): number {
    return this.all.since() ?? this.never;
  }

  /** Days since the first action; 0 without any. */
  get tenure(): number {
    const { at, first } = this.all;
    return first === undefined ? 0 : at - first;
  }

  /** Active days of all actions and their values, the older the less, summed when first asked for. */
  get decayed(): DecayedSums {
    if (!this.#hasDecayed) this.#decayed.read(this.all);
    this.#hasDecayed = true;
    return this.#decayed;
  }

  /** The gaps between active days, computed when first asked for. */
  get gaps(): Gaps {
    if (!this.#hasGaps) this.#gaps.read(this.all, this.recency);
    this.#hasGaps = true;
    return this.#gaps;
  }

  /** How many active days were a Monday, a Tuesday … a Sunday, counted when first asked for. */
  get weekdays(): Uint32Array {
    if (!this.#hasWeekdays) this.all.countWeekdays(this.#weekdays);
    this.#hasWeekdays = true;
    return this.#weekdays;
  }
}
