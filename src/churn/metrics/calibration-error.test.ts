import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { calibrationError } from "./calibration-error.ts";
import { equalBin } from "./equal-bin.ts";
import { binsOf, reliabilityBins } from "./reliability.ts";

describe("calibrationError", () => {
  it("weights the miss of each bin by its rows", () => {
    // (0.1, 0.2]: mean 0.15, none of 2 churned. (0.8, 0.9]: mean 0.9, 1 of 3 churned.
    const y = [0, 0, 1, 0, 0];
    const p = [0.14, 0.16, 0.9, 0.9, 0.9];
    expect(calibrationError(y, p)).toBeCloseTo((2 * 0.15 + 3 * (0.9 - 1 / 3)) / 5, 14);
    const bins = reliabilityBins(y, p);
    expect(bins.map((bin) => bin.users)).toEqual([2, 3]);
    expect(bins[1]!.observed).toBe(1 / 3);
    expect(bins[1]!.meanProbability).toBeCloseTo(0.9, 14);
  });

  it("is 0 when every bin keeps its promise, and 1 when all certainty was wrong", () => {
    expect(calibrationError([1, 0, 1, 0], [0.5, 0.5, 1, 0])).toBe(0);
    expect(calibrationError([1, 0], [0, 1])).toBe(1);
  });

  it("is undefined, so NaN, without rows", () => {
    expect(calibrationError([], [])).toBeNaN();
  });

  it("is at least the miss of the overall mean, and at most 1", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const [y, p] = [labelsOf(rows), probabilitiesOf(rows)];
        const error = calibrationError(y, p);
        const overall = p.reduce((sum, probability, i) => sum + probability - y[i]!, 0) / p.length;
        expect(error).toBeGreaterThanOrEqual(Math.abs(overall) - 1e-14);
        expect(error).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("reliabilityBins", () => {
  it("keeps every row and every churner, in bins by rising probability", () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 30 }), (rows, bins) => {
        const p = probabilitiesOf(rows);
        const found = reliabilityBins(labelsOf(rows), p, { bins: binsOf(p, bins) });
        expect(found.reduce((sum, bin) => sum + bin.users, 0)).toBe(rows.length);
        const churned = found.reduce((sum, bin) => sum + bin.users * bin.observed, 0);
        expect(churned).toBeCloseTo(rows.filter((row) => row.y === 1).length, 10);
        const means = found.map((bin) => bin.meanProbability);
        expect(means).toEqual([...means].sort((a, b) => a - b));
      }),
    );
  });
});

describe("equalBin", () => {
  it("puts each edge into the bin below it, whatever the rounding of its product", () => {
    for (const bins of [1, 2, 3, 10, 20, 49, 100]) {
      for (let edge = 1; edge <= bins; edge++) expect(equalBin(edge / bins, bins)).toBe(edge - 1);
      expect(equalBin(0, bins)).toBe(0);
    }
  });

  it("puts what lies just above an edge into the bin above it", () => {
    expect(equalBin(0.1 + 1e-15, 10)).toBe(1);
    expect(equalBin(1e-300, 10)).toBe(0);
    expect(equalBin(0.95 + 1e-15, 20)).toBe(19);
  });
});
