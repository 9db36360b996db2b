import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleManifest } from "./example-model.ts";
import { logOddsOf } from "./predict.ts";
import { reasonsFor, riskOf } from "./reasons.ts";

const manifest = exampleManifest();

describe("reasons", () => {
  it("sum to the difference in log-odds from the typical user, whatever the values", () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
      minLength: manifest.features.length,
      maxLength: manifest.features.length,
    });
    fc.assert(
      fc.property(values, (x) => {
        const sum = reasonsFor(manifest, x).reduce((total, { contribution }) => total + contribution, 0);
        expect(sum).toBeCloseTo(
          logOddsOf(manifest.parameters, x) - logOddsOf(manifest.parameters, manifest.typical),
          8,
        );
      }),
    );
  });

  it("name each feature once, the strongest push towards churn first, and are nothing for the typical user", () => {
    const reasons = reasonsFor(
      manifest,
      manifest.typical.map((value) => value + 3),
    );
    expect(reasons.map(({ feature }) => feature).toSorted()).toEqual(manifest.features.toSorted());
    expect(reasons.map(({ contribution }) => contribution)).toEqual(
      reasons.map(({ contribution }) => contribution).toSorted((a, b) => b - a),
    );
    for (const { contribution } of reasonsFor(manifest, manifest.typical)) expect(contribution).toBeCloseTo(0, 12);
  });
});

describe("the risk", () => {
  it.each([
    [0.19, "low"],
    [0.2, "medium"],
    [0.59, "medium"],
    [0.6, "high"],
  ])("of probability %d is %s", (probability, risk) => {
    expect(riskOf(probability, { medium: 0.2, high: 0.6 })).toBe(risk);
  });
});
