import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { brier } from "./brier.ts";

describe("brier", () => {
  it("is the mean squared distance from the outcome", () => {
    expect(brier([1, 0, 0], [0.5, 0.5, 1])).toBeCloseTo((0.25 + 0.25 + 1) / 3, 14);
    expect(brier([1, 0], [1, 0])).toBe(0);
    expect(brier([1, 0], [0, 1])).toBe(1);
  });

  it("is the same for the complement of outcomes and probabilities", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const [y, p] = [labelsOf(rows), probabilitiesOf(rows)];
        const complement = brier(
          y.map((label) => 1 - label),
          p.map((probability) => 1 - probability),
        );
        expect(complement).toBeCloseTo(brier(y, p), 14);
      }),
    );
  });
});
