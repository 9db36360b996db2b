import fc from "fast-check";
import { expect, it } from "vitest";
import { solvePositiveDefinite } from "./solve.ts";

it("solves a system worked by hand", () => {
  // 4a + 2b = 10, 2a + 3b = 9.
  const [a, b] = solvePositiveDefinite(Float64Array.of(4, 0, 2, 3), Float64Array.of(10, 9), 2);
  expect(a).toBeCloseTo(1.5, 12);
  expect(b).toBeCloseTo(2, 12);
});

it("gives back the vector that a Gram matrix was multiplied with", () => {
  const entry = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 16, maxLength: 16 }),
      fc.array(entry, { minLength: 4, maxLength: 4 }),
      (m, s) => {
        const at = (i: number, j: number) =>
          m.slice(4 * i, 4 * i + 4).reduce((sum, value, k) => sum + value * (m[4 * j + k] ?? 0), i === j ? 1 : 0);
        const matrix = Float64Array.from({ length: 16 }, (_, i) => at(i >> 2, i & 3));
        const vector = Float64Array.from({ length: 4 }, (_, i) =>
          s.reduce((sum, value, j) => sum + at(i, j) * value, 0),
        );
        const solution = solvePositiveDefinite(matrix, vector, 4);
        for (const [j, value] of s.entries()) expect(solution[j]).toBeCloseTo(value, 8);
      },
    ),
  );
});
