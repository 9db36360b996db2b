import { expect, it } from "vitest";
import { describeBacktest } from "./table.ts";
import type { Trial } from "./trial.ts";

function trial(snapshot: number, y: readonly number[]): Trial {
  const p = Float64Array.from(y, () => 0.5);
  return {
    snapshot,
    churn: { churnDays: 7, leadDays: 0, observeDays: 14 },
    training: [snapshot - 7],
    trainingRows: 10,
    family: "blend",
    test: { rows: y.length, y: Uint8Array.from(y), users: y.map((_, row) => `u${row}`) },
    probabilities: p,
    peers: { recency: p, plainRate: p },
  };
}

it("has a dash for what a snapshot tells nothing of: where all did the same, and where nobody was here", () => {
  const trials = [trial(10, [1, 1]), trial(17, [0, 1]), trial(24, [])];
  const table = describeBacktest({ trials, results: [], overRecency: { value: -0.0137, low: -0.0172, high: 0.001 } });
  expect(table).toContain(
    "Log loss of lapse less that of recency alone, on the same rows: −0.0137 (−0.0172 to +0.0010).",
  );
  expect(table).not.toContain("NaN");
  const rows = table.split("\n").slice(-3);
  expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
    ["1970-01-11", "2", "100.0 %", "50.0 %", "–", "–", "0.693", "0.693"],
    ["1970-01-18", "2", "50.0 %", "50.0 %", "0.500", "0.500", "0.693", "0.693"],
    ["1970-01-25", "0", "–", "–", "–", "–", "–", "–"],
  ]);
});
