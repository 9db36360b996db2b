import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilsonInterval } from "./wilson-interval.ts";

describe("wilsonInterval", () => {
  it("gives the published bounds", () => {
    // Newcombe 1998, Two-sided confidence intervals for the single proportion, table I, method 3.
    expect(wilsonInterval(81 / 263, 263)).toEqual([expect.closeTo(0.2553, 4), expect.closeTo(0.3662, 4)]);
    expect(wilsonInterval(0, 20)).toEqual([expect.closeTo(0, 4), expect.closeTo(0.1611, 4)]);
  });

  it("holds the share and stays within 0 and 1", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (left, stayed) => {
        const of = left + stayed;
        const share = of === 0 ? 0 : left / of;
        const [low, high] = wilsonInterval(share, of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(share + 1e-12);
        expect(high).toBeGreaterThanOrEqual(share - 1e-12);
      }),
    );
  });
});
