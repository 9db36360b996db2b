import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceBins } from "#churn/model/psi.ts";
import { psi } from "#test/support/psi.ts";
import { BinCounts } from "./bin-counts.ts";

describe("bin counts", () => {
  it("give the index that all values at once would give", () => {
    const values = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(values, values, (then, now) => {
        const reference = referenceBins(then);
        const counts = new BinCounts(reference);
        for (const value of now) counts.add(value);
        expect(counts.psi()).toBeCloseTo(psi(reference, now), 10);
      }),
    );
  });

  it("give a hand-worked one", () => {
    const counts = new BinCounts({ edges: [10], shares: [0.5, 0.5] });
    for (const value of [1, 10, 10, 11]) counts.add(value);
    // (0.75 - 0.5) ln(0.75 / 0.5) + (0.25 - 0.5) ln(0.25 / 0.5)
    expect(counts.psi()).toBeCloseTo(0.25 * Math.log(1.5) + 0.25 * Math.log(2), 12);
  });

  it("have no index without values", () => {
    expect(new BinCounts({ edges: [10], shares: [0.5, 0.5] }).psi()).toBeNaN();
  });
});
