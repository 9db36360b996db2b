import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, outcomesAndShuffled, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { prAuc } from "#test/support/pr-auc.ts";

describe("rankedPrAuc", () => {
  it("sums precision over gains in recall", () => {
    // By falling probability: 1, 0, 1, 0, 1. Precision at the churners: 1/1, 2/3, 3/5.
    expect(prAuc([1, 0, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5])).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 14);
  });

  it("takes equal probabilities as one step", () => {
    expect(prAuc([0, 1, 1, 0], [0.5, 0.5, 0.9, 0.1])).toBeCloseTo((1 + 2 / 3) / 2, 14);
    expect(prAuc([0, 1, 0, 0], [0.3, 0.3, 0.3, 0.3])).toBe(0.25);
  });

  it("is undefined, so NaN, without churners", () => {
    expect(prAuc([0, 0], [0.2, 0.4])).toBeNaN();
  });

  it("lies above 0, is 1 only for a right ranking, and ignores the order of rows", () => {
    fc.assert(
      fc.property(outcomesAndShuffled, ([rows, shuffled]) => {
        const value = prAuc(labelsOf(rows), probabilitiesOf(rows));
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(prAuc(labelsOf(shuffled), probabilitiesOf(shuffled))).toBe(value);
        const lowestChurned = Math.min(...probabilitiesOf(rows.filter((row) => row.y === 1)));
        const highestStayed = Math.max(...probabilitiesOf(rows.filter((row) => row.y === 0)));
        expect(Math.abs(value - 1) < 1e-12).toBe(lowestChurned > highestStayed);
      }),
    );
  });

  it("only depends on the ranking", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const p = probabilitiesOf(rows);
        expect(
          prAuc(
            labelsOf(rows),
            p.map((probability) => probability ** 3),
          ),
        ).toBe(prAuc(labelsOf(rows), p));
      }),
    );
  });
});
