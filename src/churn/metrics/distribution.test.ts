import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { distribution } from "./distribution.ts";

describe("distribution", () => {
  it("counts by outcome in twenty bins", () => {
    const { stayed, churned } = distribution([0, 0, 1, 1, 1], [0, 0.05, 0.55, 0.56, 1]);
    expect(stayed).toEqual([2, ...new Array(19).fill(0)]);
    expect(churned).toEqual(Array.from({ length: 20 }, (_, bin) => ([10, 11, 19].includes(bin) ? 1 : 0)));
  });

  it("counts every row once", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const { stayed, churned } = distribution(labelsOf(rows), probabilitiesOf(rows));
        const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
        expect([stayed.length, churned.length]).toEqual([20, 20]);
        expect(total(churned)).toBe(rows.filter((row) => row.y === 1).length);
        expect(total(stayed) + total(churned)).toBe(rows.length);
      }),
    );
  });
});
