import { describe, expect, it } from "vitest";
import { randomFrom, xoshiro128 } from "./random.ts";

describe("xoshiro128", () => {
  it("gives the values of the authors' C code for the state 1, 2, 3, 4", () => {
    const draw = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, draw)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });
});

describe("randomFrom", () => {
  const take = (seed: string | number, count: number) => Array.from({ length: count }, randomFrom(seed));

  it("gives one sequence per seed", () => {
    expect(take("lapse", 50)).toEqual(take("lapse", 50));
    expect(take(7, 50)).toEqual(take("7", 50));
    expect(new Set([...take(0, 50), ...take(1, 50), ...take("", 50), ...take("1 ", 50)]).size).toBe(200);
  });

  it("keeps the sequence of a seed from one release to the next", () => {
    expect(take(1, 3).map((value) => value * 2 ** 32)).toEqual([350175097, 640680501, 3603964963]);
  });

  it("is uniform on [0, 1): chi-square over 100 cells, and neighbours do not correlate", () => {
    const values = take("uniform", 100_000);
    const cells = new Float64Array(100);
    for (const value of values) cells[Math.floor(value * 100)]! += 1;
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: the 0.1 % and 99.9 % points.
    expect(chiSquare).toBeGreaterThan(61.1);
    expect(chiSquare).toBeLessThan(148.2);
    const covariance = values.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * (values[i]! - 0.5), 0) / 1e5;
    expect(Math.abs(covariance)).toBeLessThan(0.001);
  });

  it("does not relate the first values of neighbouring seeds", () => {
    const firsts = Array.from({ length: 10_000 }, (_, seed) => randomFrom(seed)());
    const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.012);
    expect(Math.max(...firsts)).toBeLessThan(1);
  });
});
