import { expect, it } from "vitest";
import { eachHistory, type HistoryColumns, historiesIn } from "./history-columns.ts";

const columns: HistoryColumns = {
  userIds: ["ann", "bob", "cyd"],
  starts: Uint32Array.of(0, 3, 4, 6),
  days: Int32Array.of(1, 1, 4, 2, 7, 9),
  actions: Int32Array.of(0, 1, 0, 1, 1, 0),
  counts: Float64Array.of(1, 2, 3, 4, 5, 6),
  values: Float64Array.of(0, 0.5, -1, 0, 1e9, 0),
  names: ["login", "purchase"],
};

it("gives each history in turn, whether the one before it was longer or shorter", () => {
  const seen: unknown[] = [];
  eachHistory(columns, (history) => seen.push(structuredClone(history)));
  expect(seen).toEqual([...historiesIn(columns)]);
  expect(seen).toContainEqual({ userId: "bob", days: [{ day: 2, action: "purchase", count: 4, value: 0 }] });
});
