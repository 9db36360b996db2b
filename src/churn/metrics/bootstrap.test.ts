import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { clustersOf, estimate, resample, resampleMean } from "./bootstrap.ts";
import { mean } from "./mean.ts";

it("has the means of the same samples by the sums of clusters as by rows", () => {
  const random = randomFrom("means");
  const values = Float64Array.from({ length: 60 }, () => random());
  const clusters = clustersOf(Array.from(values, (_, row) => `user ${row % 23}`));
  const options = { resamples: 50, seed: 2 };
  const byRows = resample(clusters, options, (counts) => mean(values, counts));
  for (const [i, found] of resampleMean(values, clusters, options).entries())
    expect(found).toBeCloseTo(byRows[i] ?? Number.NaN, 12);
});

describe("resample", () => {
  it("draws as many clusters as there are, and all rows of each alike", () => {
    const clusters = clustersOf(["b", "a", "b", "c", "b"]);
    expect([...clusters.of]).toEqual([1, 0, 1, 2, 1]);
    const draws = resample(clusters, { resamples: 200, seed: 1 }, (counts) => [...counts]);
    expect(draws).toHaveLength(200);
    for (const [b, a, alsoB, c, againB] of draws) {
      expect([alsoB, againB]).toEqual([b, b]);
      expect(a! + b! + c!).toBe(3);
    }
  });

  it("is decided by its seed", () => {
    const draw = (seed: string) =>
      resample(clustersOf(["a", "b", "c", "d"]), { resamples: 9, seed }, (counts) => [...counts]);
    expect(draw("x")).toEqual(draw("x"));
    expect(draw("x")).not.toEqual(draw("y"));
  });

  it("draws each cluster once on average, as often as a Poisson count of mean 1 varies", () => {
    const ids = Array.from({ length: 100 }, (_, i) => `${i}`);
    const draws = resample(clustersOf(ids), { resamples: 2000, seed: 1 }, (counts) => [...counts]).flat();
    expect(mean(draws)).toBe(1);
    // Binomial(100, 1/100): variance 0.99, standard error over 200,000 counts about 0.004.
    expect(Math.abs(mean(draws.map((count) => (count - 1) ** 2)) - 0.99)).toBeLessThan(0.02);
  });
});

describe("estimate", () => {
  it("takes the 2.5 % and 97.5 % points of the resampled values, in any order", () => {
    const values = Array.from({ length: 1001 }, (_, i) => ((i * 8) % 1001) / 1000);
    expect(estimate(0.5, values)).toEqual({ value: 0.5, low: 0.025, high: 0.975 });
  });

  it("leaves out undefined values, and reaches the estimate", () => {
    expect(estimate(2, [Number.NaN, 3, 3, Number.NaN])).toEqual({ value: 2, low: 2, high: 3 });
    expect(estimate(2, [Number.NaN])).toEqual({ value: 2, low: 2, high: 2 });
  });

  it("covers the true mean about 95 times in 100", () => {
    const random = randomFrom("coverage");
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values = Float64Array.from({ length: 80 }, () => random());
      const clusters = clustersOf(Array.from(values, (_, i) => `${i}`));
      const results = resample(clusters, { resamples: 200, seed: trial }, (counts) => mean(values, counts));
      const { low, high } = estimate(mean(values), results);
      if (low <= 0.5 && 0.5 <= high) covered += 1;
    }
    // 285 expected; three standard deviations are 11.
    expect(covered).toBeGreaterThan(273);
    expect(covered).toBeLessThan(297);
  });

  it("is wider where the rows of a user are copies of one another", () => {
    const random = randomFrom("clusters");
    const values = Float64Array.from({ length: 100 }, () => random());
    const copied = Float64Array.from({ length: 400 }, (_, i) => values[i % 100]!);
    const width = (ids: string[]) => {
      const { low, high } = estimate(
        0.5,
        resample(clustersOf(ids), { resamples: 400, seed: 3 }, (counts) => mean(copied, counts)),
      );
      return high - low;
    };
    const byUser = width(Array.from(copied, (_, i) => `${i % 100}`));
    const byRow = width(Array.from(copied, (_, i) => `${i}`));
    expect(byUser / byRow).toBeGreaterThan(1.7);
    expect(byUser / byRow).toBeLessThan(2.3);
  });
});
