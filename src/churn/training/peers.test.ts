import { describe, expect, it } from "vitest";
import type { Dataset } from "../features/dataset.ts";
import { peersOf } from "./peers.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

/** Rows of one snapshot each, by [snapshot, days since the last action, churned]. */
function rowsOf(rows: readonly (readonly [number, number, 0 | 1])[]): Dataset {
  return {
    names: ["actions_30d", "days_since_last"],
    rows: rows.length,
    x: Float64Array.from(rows.flatMap(([, recency]) => [7, recency])),
    y: Uint8Array.from(rows, ([, , churned]) => churned),
    users: rows.map((_, i) => `u${i}`),
    snapshots: Int32Array.from(rows, ([snapshot]) => snapshot),
  };
}

const test = rowsOf([
  [200, 2, 0],
  [200, 28, 1],
]);

describe("the peers of a model", () => {
  it("know the newest two churn windows of the training rows", () => {
    const old = Array.from({ length: 40 }, (_, i) => [40, 10, i % 10 === 0 ? 0 : 1] as const);
    const late = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 101 : 160, 10, i % 10 === 0 ? 1 : 0] as const);
    expect([...peersOf(rowsOf([...old, ...late]), test, churn).plainRate]).toEqual([0.1, 0.1]);
  });

  it("take all rows where the newest are of one outcome", () => {
    const old = Array.from({ length: 30 }, (_, i) => [40, 10, i % 2 === 0 ? 0 : 1] as const);
    const late = Array.from({ length: 30 }, () => [160, 10, 0] as const);
    expect([...peersOf(rowsOf([...old, ...late]), test, churn).plainRate]).toEqual([0.25, 0.25]);
  });

  it("rank by the days since the last action alone", () => {
    const rows = Array.from({ length: 60 }, (_, i) => [160, i % 30, i % 30 > 14 ? 1 : 0] as const);
    const [early = 1, silent = 0] = peersOf(rowsOf(rows), test, churn).recency;
    expect(early).toBeLessThan(0.2);
    expect(silent).toBeGreaterThan(0.8);
  });
});
