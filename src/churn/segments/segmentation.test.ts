import { describe, expect, it } from "vitest";
import type { Dataset } from "../features/dataset.ts";
import { bandOf, segmentationsOf } from "./segmentation.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 120 };

describe("segments", () => {
  it("are quarters of the rows, told in words", () => {
    const data = dataOf({
      days_since_first: (i) => i + 1,
      active_days_30d: (i) => 1 + Math.floor(i / 100),
      value_120d: (i) => (i < 120 ? 0 : i - 120 + 0.5),
    });
    expect(segmentationsOf(data, churn)).toEqual([
      {
        by: "tenure",
        feature: "days_since_first",
        edges: [100, 200, 300],
        words: ["first 100 days", "day 101 to 200", "day 201 to 300", "more than 300 days since the first action"],
      },
      {
        by: "activity",
        feature: "active_days_30d",
        edges: [1, 2, 3],
        words: [
          "1 active day in the last 30 days",
          "2 active days in the last 30 days",
          "3 active days in the last 30 days",
          "more than 3 active days in the last 30 days",
        ],
      },
      {
        by: "value",
        feature: "value_120d",
        edges: [0, 80, 180],
        words: [
          "no value in the last 120 days",
          "value up to 80 in the last 120 days",
          "value of 80 to 180 in the last 120 days",
          "value of more than 180 in the last 120 days",
        ],
      },
    ]);
  });

  it("of few values are fewer, and of one value none", () => {
    const data = dataOf({
      days_since_first: (i) => (i < 390 ? 7 : 90),
      active_days_30d: (i) => 1 + (i % 5),
      value_120d: () => 0,
    });
    const [tenure, activity, ...others] = segmentationsOf(data, churn);
    expect(tenure?.words).toEqual(["first 7 days", "more than 7 days since the first action"]);
    expect(activity?.words).toEqual([
      "1 to 2 active days in the last 30 days",
      "3 active days in the last 30 days",
      "4 active days in the last 30 days",
      "more than 4 active days in the last 30 days",
    ]);
    expect(others).toEqual([]);
    expect(segmentationsOf({ ...data, rows: 0 }, churn)).toEqual([]);
  });

  it("hold their upper edge", () => {
    expect([0, 1, 1.5, 2, 3].map((value) => bandOf({ edges: [1, 2] }, value))).toEqual([0, 0, 1, 1, 2]);
  });
});

function dataOf(columns: Record<string, (row: number) => number>): Dataset {
  const names = Object.keys(columns);
  const rows = 400;
  const x = Float64Array.from({ length: rows * names.length }, (_, k) => {
    const row = Math.floor(k / names.length);
    return columns[names[k % names.length] ?? ""]?.(row) ?? 0;
  });
  return { names, rows, x, y: new Uint8Array(rows), users: [], snapshots: new Int32Array(rows) };
}
