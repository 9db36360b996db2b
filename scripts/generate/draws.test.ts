import { describe, expect, it } from "vitest";
import { randomFrom } from "#churn/random.ts";
import { drawsFrom } from "./draws.ts";

const draws = drawsFrom(randomFrom("draws"));
const sample = (draw: () => number) => Array.from({ length: 40_000 }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((value) => value ** 2)) - mean(values) ** 2;

// With 40,000 draws these tolerances are at least five standard errors.
describe("drawsFrom", () => {
  it("draws normal numbers of mean 0 and variance 1", () => {
    const values = sample(draws.normal);
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(Math.abs(variance(values) - 1)).toBeLessThan(0.05);
    expect(values.filter((value) => Math.abs(value) < 1.96).length / values.length).toBeCloseTo(0.95, 1.5);
  });

  it("draws exponential and Poisson numbers of the mean asked for", () => {
    expect(Math.abs(mean(sample(() => draws.exponential(20))) - 20)).toBeLessThan(0.6);
    const counts = sample(() => draws.poisson(2.5));
    expect(Math.abs(mean(counts) - 2.5)).toBeLessThan(0.06);
    expect(Math.abs(variance(counts) - 2.5)).toBeLessThan(0.12);
  });

  it("picks in proportion to the weights, and never a weight of 0", () => {
    const picks = sample(() => draws.pick([1, 0, 3]));
    expect(picks.filter((index) => index === 1)).toHaveLength(0);
    expect(Math.abs(picks.filter((index) => index === 2).length / picks.length - 0.75)).toBeLessThan(0.015);
  });

  it("stays in the bounds of a range, and keeps a chance of 0 and of 1", () => {
    expect(sample(() => draws.between(-2, 3)).every((value) => value >= -2 && value < 3)).toBe(true);
    expect(draws.chance(0)).toBe(false);
    expect(draws.chance(1)).toBe(true);
  });
});
