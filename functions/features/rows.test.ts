import { describe, expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { featureNames } from "#churn/features/features.ts";
import { type HistoryColumns, historiesIn } from "#churn/history-columns.ts";
import { randomFrom } from "#churn/random.ts";
import type { FeatureRow } from "#stores/features/feature-store.ts";
import { rowsOf } from "./rows.ts";

const snapshot = parseDay("2024-03-02")!;
const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
const longer = { churnDays: 90, leadDays: 0, observeDays: 180 };
const definition = { churn, actions: ["login", "purchase"] };
const width = featureNames(definition).length;

describe("rowsOf", () => {
  it("makes the same rows in a thread as here, in the same order", async () => {
    const slices = [slice("a", 2_500), slice("b", 1), slice("c", 40)];
    const populations = [churn, longer];
    const here = await all(slices, { populations, users: 10 });
    const there = await all(slices, { populations, users: 5_000 });
    expect(there.rows).toEqual(here.rows);
    expect(there.read).toBe(here.read);
    expect(here.rows).toHaveLength(2_541);
    expect(here.rows.filter(({ lapsed }) => lapsed[0] !== null && lapsed[1] === null).length).toBeGreaterThan(0);
    expect(here.rows.filter(({ values }) => values.length === 0).length).toBeGreaterThan(0);
  });

  it("leaves out who was never seen before the snapshot", async () => {
    const late = slice("late", 3);
    late.days.fill(snapshot + 1);
    const { rows } = await all([late, slice("a", 2)], { populations: [churn], users: 5_000 });
    expect(rows.map(({ userId }) => userId)).toEqual(["a-0", "a-1"]);
  });

  it("ends when a thread fails", async () => {
    const unreadable = { ...slice("a", 2), names: undefined as never };
    await expect(all([unreadable], { populations: [churn], users: 5_000 })).rejects.toThrow(TypeError);
  });
});

async function all(
  slices: readonly HistoryColumns[],
  { populations, users }: Readonly<{ populations: readonly (typeof churn)[]; users: number }>,
) {
  const rows: FeatureRow[] = [];
  let read = 0;
  const options = {
    actions: {
      async *histories() {
        for (const columns of slices) yield* historiesIn(columns);
      },
      async *historyColumns() {
        yield* structuredClone(slices);
      },
    },
    range: {},
    width,
    users,
    onUsers: (more: number) => {
      read += more;
    },
  };
  for await (const chunk of rowsOf({ snapshot, populations, definitions: [definition] }, options))
    for (const row of chunk) rows.push({ ...row, values: Array.from(row.values) });
  return { rows, read };
}

/** Histories of `users` users, last seen up to 200 days before the snapshot. */
function slice(prefix: string, users: number): HistoryColumns {
  const random = randomFrom(prefix);
  const starts = [0];
  const days: number[] = [];
  for (let user = 0; user < users; user++) {
    const last = 1 + Math.floor(200 * random() ** 2);
    const length = 1 + Math.floor(20 * random());
    for (let i = 0; i < length; i++) days.push(snapshot - last - 3 * (length - i - 1));
    starts.push(days.length);
  }
  return {
    userIds: Array.from({ length: users }, (_, user) => `${prefix}-${user}`),
    starts: Uint32Array.from(starts),
    days: Int32Array.from(days),
    actions: Int32Array.from(days, () => Math.floor(2 * random())),
    counts: Float64Array.from(days, () => 1 + Math.floor(3 * random())),
    values: Float64Array.from(days, () => Math.round(1_000 * random()) / 100),
    names: ["login", "purchase"],
  };
}
