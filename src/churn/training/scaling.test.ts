import { describe, expect, it } from "vitest";
import { type RankedRows, rankRows } from "./ranked-rows.ts";
import { applyScaling, fitScaling } from "./scaling.ts";

function ranked(...rows: number[][]): RankedRows {
  return rankRows(Float64Array.from(rows.flat()), rows[0]?.length ?? 0);
}

describe("scaling", () => {
  it("gives training rows mean 0 and deviation 1, and keeps a constant column at 0", () => {
    const rows = ranked(...Array.from({ length: 200 }, (_, i) => [i, 7]));
    const scaled = applyScaling(fitScaling(["actions_30d", "value_30d"], rows), rows);
    const column = Array.from({ length: 200 }, (_, i) => scaled[2 * i] ?? Number.NaN);
    const mean = column.reduce((a, b) => a + b) / 200;
    expect(mean).toBeCloseTo(0, 10);
    expect(column.reduce((sum, z) => sum + (z - mean) ** 2, 0) / 200).toBeCloseTo(1, 10);
    expect(Array.from({ length: 200 }, (_, i) => scaled[2 * i + 1])).toEqual(Array(200).fill(0));
  });

  it("clips to the 1st and 99th percentile, so that an outlier has no more weight than the largest usual value", () => {
    const scaling = fitScaling(["actions_30d"], ranked(...Array.from({ length: 101 }, (_, i) => [i])));
    expect(scaling).toMatchObject({ low: [1], high: [99], transform: ["log1p"], typical: [50] });
    const [outlier, usual] = applyScaling(scaling, ranked([1e9], [99]));
    expect(outlier).toBe(usual);
  });

  it("leaves tenure room to grow, which it does with the calendar", () => {
    const scaling = fitScaling(["days_since_first"], ranked(...Array.from({ length: 101 }, (_, i) => [i])));
    const [grown = 0, longest = 0] = applyScaling(scaling, ranked([200], [100]));
    expect(grown).toBeGreaterThan(longest);
  });

  it("takes no logarithm of what may be negative", () => {
    const signed = Array.from({ length: 101 }, (_, i) => [i - 50, (i - 50) / 50]);
    expect(fitScaling(["value_30d", "trend_60d"], ranked(...signed)).transform).toEqual(["identity", "identity"]);
  });
});
