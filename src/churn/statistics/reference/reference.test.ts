import { describe, expect, it } from "vitest";
import { saveRateOf } from "../../campaign/save-rate.ts";
import { adjustedDifference } from "../adjusted-difference.ts";
import { atAnyTime, lastConfidence } from "../any-time.ts";
import { chiSquareTail, goodnessOfFit } from "../chi-square.ts";
import { differenceOfMeans, differenceOfShares } from "../differences.ts";
import { normalCdf, normalQuantile } from "../normal.ts";
import { pooled } from "../pooled.ts";
import { detectable, growthFor } from "../power.ts";
import { outcomeMoments, type Sample } from "../sample.ts";
import { studentCdf, studentQuantile } from "../student.ts";
import { wilsonInterval } from "../wilson-interval.ts";
import reference from "./reference.json" with { type: "json" };

describe(`statistics agree with SciPy ${reference.scipy} and statsmodels ${reference.statsmodels}`, () => {
  it("on quantiles of the normal distribution", () => {
    for (const { p, z } of reference.normal) {
      expect(near(normalQuantile(p), z, 1e-12)).toBe(true);
      expect(near(normalCdf(z), p, 1e-12)).toBe(true);
    }
  });

  it("on quantiles of Student's t", () => {
    for (const { p, freedom, t } of reference.student) {
      expect(near(studentQuantile(p, freedom), t, 1e-9)).toBe(true);
      // The logarithms of the gamma function cancel where there are many degrees of freedom.
      expect(near(studentCdf(t, freedom), p, 1e-8)).toBe(true);
    }
  });

  it("on tails of χ² and goodness of fit", () => {
    for (const { statistic, freedom, p } of reference.chiSquare)
      expect(near(chiSquareTail(statistic, freedom), p, 1e-10)).toBe(true);
    for (const { counts, shares, p } of reference.fit) expect(near(goodnessOfFit(counts, shares), p, 1e-10)).toBe(true);
  });

  it("on intervals of a share", () => {
    for (const { count, of, interval } of reference.wilson)
      for (const [i, bound] of wilsonInterval(count / of, of).entries())
        expect(Math.abs(bound - interval[i]!)).toBeLessThan(1e-12);
  });

  it("on differences of shares", () => {
    for (const [cases, confidence] of [
      [reference.shares, 0.95],
      [reference.sharesAtLast, lastConfidence],
    ] as const)
      for (const { a, b, low, high } of cases) {
        const found = differenceOfShares(a, b, confidence);
        expect(Math.abs(found.low - low)).toBeLessThan(1e-12);
        expect(Math.abs(found.high - high)).toBeLessThan(1e-12);
      }
  });

  it("on differences of means", () => {
    for (const { a, b, value, low, high, last } of reference.means) {
      const data = sampleOf([...a.map(() => 1), ...b.map(() => 0)], [...a, ...b]);
      const found = differenceOfMeans(outcomeMoments(data, true), outcomeMoments(data, false));
      expect(near(found.value, value, 1e-10)).toBe(true);
      expect(near(found.low, low, 1e-9)).toBe(true);
      expect(near(found.high, high, 1e-9)).toBe(true);
      const atLast = differenceOfMeans(outcomeMoments(data, true), outcomeMoments(data, false), lastConfidence);
      expect(near(atLast.low, last[0]!, 1e-9)).toBe(true);
      expect(near(atLast.high, last[1]!, 1e-9)).toBe(true);
    }
  });

  it("on regression-adjusted differences", () => {
    for (const { treated, x, y, value, error, low, high, last } of reference.adjusted) {
      const found = adjustedDifference(sampleOf(treated, y, x))!;
      expect(near(found.value, value, 1e-9)).toBe(true);
      expect(near(found.error, error, 1e-9)).toBe(true);
      expect(near(found.low, low, 1e-8)).toBe(true);
      expect(near(found.high, high, 1e-8)).toBe(true);
      const atLast = adjustedDifference(sampleOf(treated, y, x), lastConfidence)!;
      expect(near(atLast.low, last[0]!, 1e-8)).toBe(true);
      expect(near(atLast.high, last[1]!, 1e-8)).toBe(true);
    }
  });

  it("on pooled effects", () => {
    for (const { values, errors, value, error, low, high } of reference.pooled) {
      const found = pooled(values.map((one, i) => ({ value: one, error: errors[i]! })))!;
      expect(near(found.value, value, 1e-9)).toBe(true);
      expect(near(found.error, error, 1e-9)).toBe(true);
      expect(near(found.low, low, 1e-9)).toBe(true);
      expect(near(found.high, high, 1e-9)).toBe(true);
    }
  });

  it("on save rates", () => {
    for (const { a, b, low, high } of reference.saved) {
      const sizes = { treatment: a.of, control: b.of };
      const shares = { treatment: a.count / a.of, control: b.count / b.of };
      const found = saveRateOf({ kind: "share", good: "less", sizes, ...shares })!;
      expect(near(found.low, low, 1e-9)).toBe(true);
      expect(near(found.high, high, 1e-9)).toBe(true);
    }
  });

  it("on how far the intervals of all looks reach", () => {
    for (const { seen, planned, errors } of reference.anyTime)
      expect(near(atAnyTime({ value: 0, error: 1 }, seen, planned).high, errors, 1e-9)).toBe(true);
  });

  it("on the smallest effect that is found with the power", () => {
    for (const { error, alpha, effect } of reference.detectable)
      expect(near(detectable(error, 1 - alpha), effect, 1e-5)).toBe(true);
  });

  it("on the sizes that a power needs", () => {
    // The other counts rejections on the far side too, which are fewer than one in a million here.
    for (const { effect, error, growth } of reference.growth)
      expect(near(growthFor(effect, error), growth, 1e-5)).toBe(true);
  });
});

function near(found: number, expected: number, tolerance: number): boolean {
  return Math.abs(found - expected) <= tolerance * Math.max(Math.abs(expected), 1e-300) || found === expected;
}

function sampleOf(treated: readonly number[], y: readonly number[], x: readonly (readonly number[])[] = []): Sample {
  return {
    rows: y.length,
    width: x[0]?.length ?? 0,
    isTreated: (row) => treated[row] === 1,
    y: (row) => y[row]!,
    x: (row, j) => x[row]![j]!,
  };
}
