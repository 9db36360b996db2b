import type { UserDay, UserHistory } from "./user-history.ts";

/** Histories of some users in columns, a row for each user-day: many at once, and quick to hand to another thread. */
export interface HistoryColumns {
  readonly userIds: readonly string[];
  /** Where the rows of each user begin, and at last where those of all end. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly days: Int32Array<ArrayBuffer>;
  /** The action of each row, by its place in `names`. */
  readonly actions: Int32Array<ArrayBuffer>;
  readonly counts: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly names: readonly string[];
}

export function* historiesIn(columns: HistoryColumns): Generator<UserHistory> {
  const { userIds, starts, days, actions, counts, values, names } = columns;
  for (let user = 0; user < userIds.length; user++) {
    const own: UserDay[] = [];
    const end = starts[user + 1] ?? 0;
    for (let row = starts[user] ?? 0; row < end; row++) {
      own.push({
        day: days[row] ?? 0,
        action: names[actions[row] ?? -1] ?? "",
        count: counts[row] ?? 0,
        value: values[row] ?? 0,
      });
    }
    yield { userId: userIds[user] ?? "", days: own };
  }
}

/**
 * Calls `use` with each history in turn. Their days are the same objects each time, filled anew, because making an object of
 * each user-day takes longer than computing features of them: `use` keeps none of them.
 */
export function eachHistory(columns: HistoryColumns, use: (history: UserHistory) => void): void {
  const { userIds, starts, days, actions, counts, values, names } = columns;
  const made: { day: number; action: string; count: number; value: number }[] = [];
  const own: typeof made = [];
  for (let user = 0; user < userIds.length; user++) {
    const start = starts[user] ?? 0;
    const length = (starts[user + 1] ?? start) - start;
    while (own.length > length) own.pop();
    for (let i = 0; i < length; i++) {
      if (i === made.length) made.push(emptyDay());
      const userDay = made[i] ?? emptyDay();
      const row = start + i;
      userDay.day = days[row] ?? 0;
      userDay.action = names[actions[row] ?? -1] ?? "";
      userDay.count = counts[row] ?? 0;
      userDay.value = values[row] ?? 0;
      if (i === own.length) own.push(userDay);
    }
    use({ userId: userIds[user] ?? "", days: own });
  }
}

function emptyDay() {
  return { day: 0, action: "", count: 0, value: 0 };
}

/** The memory behind the columns, for a thread that takes them over. */
export function buffersOf({ starts, days, actions, counts, values }: HistoryColumns): ArrayBuffer[] {
  return [starts, days, actions, counts, values].map(({ buffer }) => buffer);
}
