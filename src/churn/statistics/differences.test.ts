import { describe, expect, it } from "vitest";
import { logNormal } from "#test/support/simulated-campaigns.ts";
import { randomFrom } from "../random.ts";
import { atLeastPooled, differenceOfMeans, type Moments } from "./differences.ts";
import type { Estimate } from "./estimate.ts";

const random = randomFrom("differences");

/** An arm of whom a share spends log-normal amounts, by the standard deviation of their logarithm. */
function arm(size: number, rate: number, spread: number): Moments {
  const amounts = Array.from({ length: size }, () => (random() < rate ? logNormal(30, spread, random) : 0));
  const mean = amounts.reduce((sum, amount) => sum + amount, 0) / size;
  const squares = amounts.reduce((sum, amount) => sum + (amount - mean) ** 2, 0);
  return { size, mean, variance: squares / (size - 1) };
}

const misses = ({ low, high }: Estimate) => low > 0 || high < 0;
const widthOf = ({ low, high }: Estimate) => high - low;

/** Of experiments without an effect, how often Welch's interval and the wider one miss that, and how much wider it is. */
function compare(sizes: readonly [number, number], rate: number, spread: number) {
  const runs = 1_200;
  const both = Array.from({ length: runs }, () => {
    const [a, b] = [arm(sizes[0], rate, spread), arm(sizes[1], rate, spread)];
    const welch = differenceOfMeans(a, b);
    return { welch, wider: atLeastPooled(welch, a, b) };
  });
  const shareOf = (is: (one: (typeof both)[number]) => boolean) => both.filter(is).length / runs;
  return {
    welch: shareOf(({ welch }) => misses(welch)),
    wider: shareOf(({ wider }) => misses(wider)),
    width: both.reduce((sum, { welch, wider }) => sum + widthOf(wider) / widthOf(welch), 0) / runs,
  };
}

describe("the interval of a mean of amounts that few spend, with a fifth of 800 users in one arm,", () => {
  it.each([
    { rate: 0.1, spread: 1 },
    { rate: 0.03, spread: 1 },
    { rate: 0.1, spread: 1.5 },
  ])("misses far less often than 5 in 100, where Welch's misses more often: $rate, $spread", ({ rate, spread }) => {
    const { welch, wider, width } = compare([640, 160], rate, spread);
    expect(welch).toBeGreaterThan(0.06);
    expect(wider).toBeLessThan(0.025);
    expect(width).toBeGreaterThan(1.1);
    expect(width).toBeLessThan(1.5);
  });

  it("is Welch's where the arms are as large as each other", () => {
    const { welch, wider, width } = compare([400, 400], 0.1, 1);
    expect(wider).toBeLessThanOrEqual(welch);
    expect(wider).toBeGreaterThan(0.02);
    expect(width).toBeLessThan(1.02);
  });
});
