import type { Day } from "../day.ts";
import type { UserHistory } from "../user-history.ts";

/** What a log holds of one stretch of days. */
export interface Beat {
  readonly actions: number;
  /** Users who did something, counted anew each day. */
  readonly users: number;
  /** Actions by name: those of the definition, and all others together. */
  readonly kinds: readonly number[];
}

/** The volume of a log in weeks that end with its last day, newest first: each has every weekday once. */
export interface Pulse {
  readonly lastDay: Day;
  readonly weeks: readonly Beat[];
}

/** The first day of a week of a pulse, and the day after its last. */
export function daysOfWeek({ lastDay }: Pick<Pulse, "lastDay">, week: number): { from: Day; before: Day } {
  const before = lastDay + 1 - 7 * week;
  return { from: before - 7, before };
}

/** Weeks that a pulse tells of: a year and four months, so that a season can be compared with the last. */
const mostWeeks = 70;

/** Takes the pulse of a log user by user, as histories stream past it. */
export class PulseTaker {
  readonly #firstDay: Day;
  readonly #lastDay: Day;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #weeks: { actions: number; users: number; kinds: number[] }[];

  /** The bulk of the log lies between `firstDay` and `lastDay`; `actions` are those that are counted by name. */
  constructor({ firstDay, lastDay }: { firstDay: Day; lastDay: Day }, actions: readonly string[]) {
    this.#firstDay = firstDay;
    this.#lastDay = lastDay;
    this.#positions = new Map(actions.map((action, position) => [action, position]));
    // A first week that is not whole is left out.
    const whole = Math.min(mostWeeks, Math.floor((lastDay + 1 - firstDay) / 7));
    this.#weeks = Array.from({ length: whole }, () => ({
      actions: 0,
      users: 0,
      kinds: new Array<number>(actions.length + 1).fill(0),
    }));
  }

  add(history: UserHistory): void {
    this.prepare(history)();
  }

  /** Returns what adds the history. Throws an Error, before anything is added, if a count of it is not a finite number. */
  prepare({ days }: UserHistory): () => void {
    const counted = days.filter(({ day }) => day >= this.#firstDay && day <= this.#lastDay);
    const broken = counted.find(({ count }) => !Number.isFinite(count));
    if (broken !== undefined) throw new Error(`The count of ${broken.action} is not a finite number.`);
    return () => this.#count(counted);
  }

  #count(days: UserHistory["days"]): void {
    let last: Day | undefined;
    for (const { day, action, count } of days) {
      const week = this.#weeks[Math.floor((this.#lastDay - day) / 7)];
      if (week === undefined) continue;
      const position = this.#positions.get(action) ?? this.#positions.size;
      week.actions += count;
      week.kinds[position] = (week.kinds[position] ?? 0) + count;
      if (day !== last) week.users += 1;
      last = day;
    }
  }

  pulse(): Pulse {
    return { lastDay: this.#lastDay, weeks: this.#weeks };
  }
}
