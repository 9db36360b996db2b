import { describe, expect, it } from "vitest";
import type { Dataset } from "../features/dataset.ts";
import { applyScaling, fitScaling } from "./scaling.ts";

function dataset(names: string[], ...rows: number[][]): Dataset {
  return {
    names,
    rows: rows.length,
    x: Float64Array.from(rows.flat()),
    y: new Uint8Array(rows.length),
    users: rows.map((_, i) => `user ${i}`),
    snapshots: new Int32Array(rows.length),
  };
}

describe("scaling", () => {
  it("gives training rows mean 0 and deviation 1, and keeps a constant column at 0", () => {
    const data = dataset(["actions_30d", "value_30d"], ...Array.from({ length: 200 }, (_, i) => [i, 7]));
    const scaled = applyScaling(fitScaling(data), data);
    const column = Array.from({ length: 200 }, (_, i) => scaled[2 * i] ?? Number.NaN);
    const mean = column.reduce((a, b) => a + b) / 200;
    expect(mean).toBeCloseTo(0, 10);
    expect(column.reduce((sum, z) => sum + (z - mean) ** 2, 0) / 200).toBeCloseTo(1, 10);
    expect(Array.from({ length: 200 }, (_, i) => scaled[2 * i + 1])).toEqual(Array(200).fill(0));
  });

  it("clips to the 1st and 99th percentile, so that an outlier has no more weight than the largest usual value", () => {
    const data = dataset(["actions_30d"], ...Array.from({ length: 101 }, (_, i) => [i]));
    const scaling = fitScaling(data);
    expect(scaling).toMatchObject({ low: [1], high: [99], transform: ["log1p"], typical: [50] });
    const [outlier, usual] = applyScaling(scaling, dataset(["actions_30d"], [1e9], [99]));
    expect(outlier).toBe(usual);
  });

  it("leaves tenure room to grow, which it does with the calendar", () => {
    const scaling = fitScaling(dataset(["days_since_first"], ...Array.from({ length: 101 }, (_, i) => [i])));
    const [grown = 0, longest = 0] = applyScaling(scaling, dataset(["days_since_first"], [200], [100]));
    expect(grown).toBeGreaterThan(longest);
  });

  it("takes no logarithm of what may be negative", () => {
    const signed = Array.from({ length: 101 }, (_, i) => [i - 50, (i - 50) / 50]);
    expect(fitScaling(dataset(["value_30d", "trend_60d"], ...signed)).transform).toEqual(["identity", "identity"]);
  });
});
