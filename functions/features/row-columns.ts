import type { Day } from "#churn/day.ts";
import { eachHistory, type HistoryColumns } from "#churn/history-columns.ts";
import type { NewFeatureRow } from "#stores/features/feature-store.ts";
import type { MakeRow } from "./row-maker.ts";

/** Rows of many users as a thread hands them over. */
export interface RowColumns {
  /** How many histories they were made of. */
  readonly users: number;
  /** Whose rows they are, by the places of their histories. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** For each row and each population the day since which the user has lapsed; `isHere` while here. */
  readonly lapsed: Int32Array<ArrayBuffer>;
  /** The vectors of the rows that have one, one after the other. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** No day. */
const isHere = -(2 ** 31);

export function rowColumnsOf(histories: HistoryColumns, make: MakeRow, populations: number): RowColumns {
  const users = histories.userIds.length;
  const places = new Uint32Array(users);
  const lapsed = new Int32Array(users * populations);
  let values = new Float64Array();
  let filled = 0;
  let rows = 0;
  let user = -1;
  let width = 0;
  eachHistory(histories, (history) => {
    user += 1;
    // A vector is made where it is kept; the first one tells how long all of them are.
    const place = width === 0 ? undefined : values.subarray(filled, filled + width);
    const row = make(history, place);
    if (row === undefined) return;
    places[rows] = user;
    for (let population = 0; population < populations; population++)
      lapsed[rows * populations + population] = row.lapsed[population] ?? isHere;
    rows += 1;
    if (row.vector === undefined) return;
    if (width === 0) {
      width = row.vector.length;
      values = new Float64Array(users * width);
    }
    if (row.vector !== place) values.set(row.vector, filled);
    filled += width;
  });
  return {
    users,
    places: places.slice(0, rows),
    lapsed: lapsed.slice(0, rows * populations),
    values: values.subarray(0, filled),
  };
}

/** The rows themselves, their values in the memory of the columns. `userIds` are those of the histories, `width` the length of a vector. */
export function rowsIn(columns: RowColumns, userIds: readonly string[], width: number): NewFeatureRow[] {
  const { places, lapsed, values } = columns;
  const populations = places.length === 0 ? 0 : lapsed.length / places.length;
  const rows: NewFeatureRow[] = [];
  let from = 0;
  for (let row = 0; row < places.length; row++) {
    const days: (Day | null)[] = [];
    for (let population = 0; population < populations; population++) {
      const day = lapsed[row * populations + population] ?? isHere;
      days.push(day === isHere ? null : day);
    }
    const before = from + (days.includes(null) ? width : 0);
    rows.push({ userId: userIds[places[row] ?? -1] ?? "", lapsed: days, values: values.subarray(from, before) });
    from = before;
  }
  return rows;
}

/** The memory behind the columns, for a thread that takes them over. */
export function buffersOfRows({ places, lapsed, values }: RowColumns): ArrayBuffer[] {
  return [places.buffer, lapsed.buffer, values.buffer];
}
