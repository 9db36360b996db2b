import type { Day } from "../day.ts";
import type { UserHistory } from "../user-history.ts";
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

  /** Mean days between active days; with fewer than two of them the days since the last, the least that it can be. */
  get meanGap(): number {
    const { activeDays, first, last } = this.all;
    return activeDays < 2 || first === undefined || last === undefined
      ? this.recency
      : (last - first) / (activeDays - 1);
  }
}
