import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, outcomesAndShuffled, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { auc, rankedAuc } from "./auc.ts";
import { ranking } from "./ranking.ts";

describe("auc", () => {
  it("is 1 for the right ranking, 0 for its inverse and a half for none", () => {
    expect(auc([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])).toBe(1);
    expect(auc([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4])).toBe(0);
    expect(auc([1, 0, 1, 0], [0.3, 0.3, 0.3, 0.3])).toBe(0.5);
  });

  it("counts pairs: of 2 x 3, four are right and one is tied", () => {
    expect(auc([1, 0, 0, 1, 0], [0.9, 0.1, 0.4, 0.4, 0.6])).toBe(4.5 / 6);
  });

  it("is undefined, so NaN, where only one outcome occurs", () => {
    expect(auc([1, 1], [0.2, 0.4])).toBeNaN();
    expect(auc([], [])).toBeNaN();
  });

  it("equals the share of right pairs", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const churned = rows.filter((row) => row.y === 1);
        const stayed = rows.filter((row) => row.y === 0);
        let right = 0;
        for (const a of churned) for (const b of stayed) right += a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0;
        expect(auc(labelsOf(rows), probabilitiesOf(rows))).toBe(right / (churned.length * stayed.length));
      }),
    );
  });

  it("ignores the order of rows", () => {
    fc.assert(
      fc.property(outcomesAndShuffled, ([rows, shuffled]) => {
        expect(auc(labelsOf(shuffled), probabilitiesOf(shuffled))).toBe(auc(labelsOf(rows), probabilitiesOf(rows)));
      }),
    );
  });

  it("only depends on the ranking, and mirrors when outcomes or ranking are turned round", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const [y, p] = [labelsOf(rows), probabilitiesOf(rows)];
        const value = auc(y, p);
        expect(
          auc(
            y,
            p.map((probability) => Math.exp(3 * probability)),
          ),
        ).toBe(value);
        expect(
          auc(
            y.map((label) => 1 - label),
            p,
          ),
        ).toBeCloseTo(1 - value, 14);
        expect(
          auc(
            y,
            p.map((probability) => 1 - probability),
          ),
        ).toBeCloseTo(1 - value, 14);
      }),
    );
  });

  it("treats a row that is counted k times as k rows", () => {
    const counted = fc.tuple(outcomes, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 60, maxLength: 60 }));
    fc.assert(
      fc.property(counted, ([rows, counts]) => {
        const ranked = ranking(labelsOf(rows), probabilitiesOf(rows));
        const repeated = Array.from(ranked.rows).flatMap((row, i) => new Array(counts[i]!).fill(rows[row]!));
        expect(rankedAuc(ranked, counts)).toBe(auc(labelsOf(repeated), probabilitiesOf(repeated)));
      }),
    );
  });
});
