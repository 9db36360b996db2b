import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rankRows } from "./ranked-rows.ts";
import { binned } from "./tree-bins.ts";

const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 });

describe("bins", () => {
  it("cut halfway between values that occur", () => {
    const { thresholds, bins } = binned(rankRows(Float64Array.of(5, 1, 1, 2), 1));
    expect([...(thresholds[0] ?? [])]).toEqual([1.5, 3.5]);
    expect([...bins]).toEqual([2, 0, 0, 1]);
  });

  it("are none for a constant, and for each column of its own", () => {
    const { thresholds, bins } = binned(rankRows(Float64Array.of(7, 1, 7, 2), 2));
    expect(thresholds.map((cuts) => [...cuts])).toEqual([[], [1.5]]);
    expect([...bins]).toEqual([0, 0, 0, 1]);
  });

  it("are at most 64, of about equally many rows", () => {
    const { thresholds, bins } = binned(
      rankRows(
        Float64Array.from({ length: 10_240 }, (_, i) => i ** 3),
        1,
      ),
    );
    expect(thresholds[0]).toHaveLength(63);
    const counts = new Map<number, number>();
    for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    expect(new Set(counts.values())).toEqual(new Set([160]));
  });

  it("hold a value exactly if it is at most the threshold, whatever the values", () => {
    fc.assert(
      fc.property(values, (column) => {
        const { thresholds, bins } = binned(rankRows(Float64Array.from(column), 1));
        for (const [row, value] of column.entries())
          for (const [bin, threshold] of (thresholds[0] ?? []).entries())
            expect(value <= threshold).toBe((bins[row] ?? 0) <= bin);
      }),
      { numRuns: 50 },
    );
  });
});
