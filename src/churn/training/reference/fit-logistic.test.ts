import { describe, expect, it } from "vitest";
import { fitLogistic } from "../fit-logistic.ts";
import reference from "./fit-logistic.json" with { type: "json" };

describe(`the fit agrees with LogisticRegression of scikit-learn ${reference.scikitLearn}`, () => {
  for (const { name, x, y, width, l2, weights, intercept } of reference.problems) {
    it(`on ${name}`, () => {
      const fit = fitLogistic({
        x: Float64Array.from(x),
        y: Uint8Array.from(y),
        width,
        l2,
      });
      expect(Math.abs(fit.intercept - intercept)).toBeLessThan(1e-6);
      expect(fit.weights).toHaveLength(weights.length);
      for (const [j, weight] of weights.entries()) expect(Math.abs(fit.weights[j]! - weight)).toBeLessThan(1e-6);
    });
  }
});
