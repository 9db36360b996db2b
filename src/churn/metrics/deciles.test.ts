import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, outcomesAndShuffled, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { deciles } from "./deciles.ts";

describe("deciles", () => {
  it("gives lift and capture by hand: 20 rows, of which the riskiest 2 and the third churned", () => {
    const p = Array.from({ length: 20 }, (_, i) => (20 - i) / 20);
    const y = p.map((_, i) => (i < 3 ? 1 : 0));
    const [first, second, third, ...others] = deciles(y, p);
    expect(first).toEqual({ decile: 1, users: 2, churned: 2, meanProbability: 0.975, lift: 20 / 3, capture: 2 / 3 });
    expect(second).toMatchObject({ decile: 2, users: 2, churned: 1, capture: 1 });
    expect(second!.lift).toBeCloseTo(10 / 3, 14);
    expect(third).toMatchObject({ users: 2, churned: 0, lift: 0, capture: 1 });
    expect(others).toHaveLength(7);
  });

  it("shares out the churners of one probability in proportion", () => {
    const y = [...new Array(50).fill(0), ...new Array(50).fill(1)];
    const shares = deciles(y, new Array(100).fill(0.3));
    expect(shares.map((decile) => decile.churned)).toEqual(new Array(10).fill(5));
    expect(shares.map((decile) => decile.lift)).toEqual(new Array(10).fill(1));
    for (const decile of shares) expect(decile.meanProbability).toBeCloseTo(0.3, 14);
  });

  it("gives the riskier parts the rows left over, and leaves out parts without rows", () => {
    const rows = (count: number) => deciles(new Array(count).fill(1), new Array(count).fill(0.5));
    expect(rows(23).map((decile) => decile.users)).toEqual([3, 2, 2, 3, 2, 2, 3, 2, 2, 2]);
    expect(rows(3).map((decile) => [decile.decile, decile.users])).toEqual([
      [1, 1],
      [4, 1],
      [7, 1],
    ]);
    expect(rows(0)).toEqual([]);
  });

  it("adds up: all rows, all churners, a mean lift of 1 and a capture that rises to 1", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const found = deciles(labelsOf(rows), probabilitiesOf(rows));
        const sum = (of: (decile: (typeof found)[number]) => number) => found.reduce((total, d) => total + of(d), 0);
        expect(sum((decile) => decile.users)).toBe(rows.length);
        expect(sum((decile) => decile.churned)).toBe(rows.filter((row) => row.y === 1).length);
        expect(sum((decile) => decile.users * decile.lift) / rows.length).toBeCloseTo(1, 12);
        expect(found.at(-1)!.capture).toBe(1);
        for (const { users, churned } of found) {
          expect(churned).toBeGreaterThanOrEqual(0);
          expect(churned).toBeLessThanOrEqual(users);
        }
        const sizes = found.map((decile) => decile.users);
        if (rows.length >= 10) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const [i, decile] of found.slice(1).entries()) {
          expect(decile.capture).toBeGreaterThanOrEqual(found[i]!.capture);
          expect(decile.meanProbability).toBeLessThanOrEqual(found[i]!.meanProbability + 1e-14);
        }
      }),
    );
  });

  it("ignores the order of rows, ties included", () => {
    fc.assert(
      fc.property(outcomesAndShuffled, ([rows, shuffled]) => {
        expect(deciles(labelsOf(shuffled), probabilitiesOf(shuffled))).toEqual(
          deciles(labelsOf(rows), probabilitiesOf(rows)),
        );
      }),
    );
  });
});
