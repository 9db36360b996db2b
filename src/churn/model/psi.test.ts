import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { psi } from "#test/support/psi.ts";
import { randomFrom } from "../random.ts";
import { referenceBins } from "./psi.ts";

const oneToHundred = Array.from({ length: 100 }, (_, i) => i + 1);

describe("referenceBins", () => {
  it("cuts at quantiles", () => {
    const { edges, shares } = referenceBins(oneToHundred, 4);
    expect(edges).toEqual([25.75, 50.5, 75.25]);
    expect(shares).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("gives a frequent value a bin of its own", () => {
    const { edges, shares } = referenceBins([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 10);
    expect(edges).toEqual([0, 1, 2, 3]);
    expect(shares).toEqual([7, 1, 1, 1, 1].map((count) => count / 11));
  });

  it("leaves an open bin above a constant", () => {
    expect(referenceBins([5, 5, 5])).toEqual({ edges: [5], shares: [1, 0] });
  });

  it("needs no more than one value, and sorts nothing in place", () => {
    expect(referenceBins([7])).toEqual({ edges: [7], shares: [1, 0] });
    const values = [3, 1, 2];
    referenceBins(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

/**
 * Below `moderate` nothing has changed that matters; from `major` on, look into it before trusting the model (Siddiqi
 * 2006, Credit Risk Scorecards, after Lewis 1994, An Introduction to Credit Scoring).
 */
const psiThresholds = { moderate: 0.1, major: 0.25 };

describe("psiOfShares", () => {
  it("sums (now - then) ln(now / then) over bins", () => {
    const reference = { edges: [10, 20], shares: [0.5, 0.3, 0.2] };
    // Shares now: 0.4, 0.2, 0.4.
    const index = psi(reference, [1, 10, 15, 25, 30]);
    expect(index).toBeCloseTo(-0.1 * Math.log(0.8) - 0.1 * Math.log(2 / 3) + 0.2 * Math.log(2), 14);
    expect(index).toBeGreaterThan(psiThresholds.moderate);
    expect(index).toBeLessThan(psiThresholds.major);
  });

  it("counts an empty bin as one in ten thousand", () => {
    const reference = referenceBins([0, 0, 0, 0]);
    expect(psi(reference, [1, 2])).toBeCloseTo(2 * 0.9999 * Math.log(10_000), 10);
    expect(psi(reference, [0])).toBe(0);
  });

  it("is undefined, so NaN, without values", () => {
    expect(psi(referenceBins([1, 2, 3]), [])).toBeNaN();
  });

  it("stays stable for another sample of the same, and is major for a shift of one deviation", () => {
    const random = randomFrom("psi");
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const values = () => Float64Array.from({ length: 5000 }, normal);
    const reference = referenceBins(values());
    expect(psi(reference, values())).toBeLessThan(0.01);
    expect(
      psi(
        reference,
        values().map((value) => value + 1),
      ),
    ).toBeGreaterThan(psiThresholds.major);
  });

  it("is 0 for the same values in any order, and never negative", () => {
    const values = fc.array(fc.integer({ min: -5, max: 20 }), { minLength: 1, maxLength: 80 });
    const shuffled = values.chain((sample) =>
      fc.tuple(fc.constant(sample), fc.shuffledSubarray(sample, { minLength: sample.length }), values),
    );
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 20 }), ([sample, other, later], bins) => {
        const reference = referenceBins(sample, bins);
        expect(psi(reference, other)).toBe(0);
        expect(referenceBins(other, bins)).toEqual(reference);
        expect(reference.shares).toHaveLength(reference.edges.length + 1);
        expect(reference.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        expect(psi(reference, later)).toBeGreaterThanOrEqual(0);
        expect(psi(reference, later)).toBe(psi(reference, later.toReversed()));
      }),
    );
  });
});
