import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { fitLogistic } from "./fit-logistic.ts";

describe("the fit", () => {
  it("finds the log-odds of the two groups when there is one binary feature and hardly a penalty", () => {
    // 10 users with x = 0, of whom 2 churned; 10 with x = 1, of whom 5 did: b = ln(2/8), w = ln(5/5) - b.
    const x = Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 1));
    const y = Uint8Array.from({ length: 20 }, (_, i) => (i < 2 || i >= 15 ? 1 : 0));
    const { weights, intercept } = fitLogistic({ x, y, width: 1, l2: 1e-9 });
    expect(intercept).toBeCloseTo(Math.log(0.25), 6);
    expect(weights[0]).toBeCloseTo(-Math.log(0.25), 6);
  });

  it("reaches the optimum: the gradient vanishes, with collinear columns, constant ones and separable classes too", () => {
    const problems = [randomProblem(500, 5, 1), withCopies(randomProblem(300, 3, 2)), separable()];
    for (const problem of problems) {
      const fit = fitLogistic(problem);
      expect(fit.gradientNorm).toBeLessThan(1e-8);
      expect(gradientNormBySums(problem, fit)).toBeLessThan(1e-6);
    }
  });

  it("reaches it where a Hessian is estimated from rows that know nothing of a column, or too much", () => {
    const problem = randomProblem(4000, 5, 5);
    // Every 33rd row is looked at, the first among them.
    const known = [(i: number) => i % 33 === 1, (i: number) => i === 1234, (i: number) => i % 33 === 0];
    for (const isKnown of known) {
      const rare = {
        ...problem,
        x: problem.x.map((value, at) => (at % 5 === 2 ? (isKnown(Math.floor(at / 5)) ? 30 : 0) : value)),
        l2: 0.01,
      };
      const fit = fitLogistic(rare);
      expect(fit.gradientNorm).toBeLessThan(1e-8);
      expect(gradientNormBySums(rare, fit)).toBeLessThan(1e-5);
      expect(fit.iterations).toBeLessThan(50);
    }
  });

  it("gives equal weights to equal columns", () => {
    const { weights } = fitLogistic(withCopies(randomProblem(300, 3, 2)));
    expect(weights[3]).toBeCloseTo(weights[0] ?? Number.NaN, 9);
    expect(weights[6]).toBe(0);
  });

  it("ends at the same place from wherever it starts", () => {
    const problem = randomProblem(400, 4, 4);
    const cold = fitLogistic(problem);
    const warm = fitLogistic(problem, { start: { weights: Float64Array.of(9, -9, 9, -9), intercept: 5 } });
    expect(warm.intercept).toBeCloseTo(cold.intercept, 7);
    for (let j = 0; j < 4; j++) expect(warm.weights[j]).toBeCloseTo(cold.weights[j] ?? Number.NaN, 7);
  });
});

function randomProblem(rows: number, width: number, seed: number) {
  const random = randomFrom(seed);
  const x = Float64Array.from({ length: rows * width }, () => 4 * random() - 2);
  const y = Uint8Array.from({ length: rows }, (_, i) => (random() < 1 / (1 + Math.exp(-(x[i * width] ?? 0))) ? 1 : 0));
  return { x, y, width, l2: 1 };
}

/** Each column twice, and a constant zero. */
function withCopies({ x, y, width }: ReturnType<typeof randomProblem>) {
  const wide = 2 * width + 1;
  const copied = new Float64Array(y.length * wide);
  for (let i = 0; i < y.length; i++) {
    const row = x.subarray(i * width, (i + 1) * width);
    copied.set([...row, ...row, 0], i * wide);
  }
  return { x: copied, y, width: wide, l2: 1 };
}

function separable() {
  const x = Float64Array.from({ length: 50 }, (_, i) => i - 25);
  return { x, y: Uint8Array.from(x, (value) => (value > 0 ? 1 : 0)), width: 1, l2: 0.01 };
}

function gradientNormBySums(
  { x, y, width, l2 }: ReturnType<typeof randomProblem>,
  { weights, intercept }: { weights: Float64Array; intercept: number },
): number {
  const gradient = [...Array.from(weights, (w) => l2 * w), 0];
  for (const [i, label] of y.entries()) {
    const row = [...x.subarray(i * width, (i + 1) * width), 1];
    const z = row.reduce((sum, value, j) => sum + value * (weights[j] ?? intercept), 0);
    for (const [j, value] of row.entries()) gradient[j] = (gradient[j] ?? 0) + (1 / (1 + Math.exp(-z)) - label) * value;
  }
  return Math.hypot(...gradient);
}
