import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleManifest, exampleParameters, exampleTrees } from "#test/support/example-model.ts";
import { groupOf } from "../features/feature-group.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { logOddsOf } from "../model/predict.ts";
import { explainer, riskOf } from "./reasons.ts";

const manifest = exampleManifest();
const { explain, risksOf } = explainer(manifest);
const vectors = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
  minLength: manifest.features.length,
  maxLength: manifest.features.length,
});

describe("reasons", () => {
  it("sum to the difference in log-odds from the typical user with what is not told, whatever the values", () => {
    fc.assert(
      fc.property(vectors, (x) => {
        const { told, untold } = explain(x);
        const sum = told.reduce((total, { contribution }) => total + contribution, untold);
        expect(sum).toBeCloseTo(
          logOddsOf(manifest.parameters, x) - logOddsOf(manifest.parameters, manifest.typical),
          8,
        );
      }),
    );
  });

  it("sum to it for a blend with trees too", () => {
    const { scaling, linear } = exampleParameters();
    const blend = exampleManifest({
      parameters: { kind: "blend", scaling, linear, trees: exampleTrees(manifest.typical), treesShare: 0.4 },
    });
    const blended = explainer(blend);
    fc.assert(
      fc.property(vectors, (x) => {
        const { told, untold } = blended.explain(x);
        const sum = told.reduce((total, { contribution }) => total + contribution, untold);
        expect(sum).toBeCloseTo(logOddsOf(blend.parameters, x) - logOddsOf(blend.parameters, blend.typical), 8);
      }),
    );
  });

  it("are at most one for each group of features, strongest push towards churn first, told by a value that differs", () => {
    fc.assert(
      fc.property(vectors, (x) => {
        const { told } = explain(x);
        const groups = told.map(({ feature }) => groupOf(feature));
        expect(new Set(groups).size).toBe(groups.length);
        const contributions = told.map(({ contribution }) => contribution);
        expect(contributions).toEqual(contributions.toSorted((a, b) => b - a));
        for (const { value, typical } of told) expect(value).not.toBe(typical);
      }),
    );
  });

  it("for a higher risk are the first of them", () => {
    fc.assert(
      fc.property(vectors, fc.nat(8), (x, most) => {
        const raising = explain(x).told.filter(({ contribution }) => contribution > 0);
        expect(risksOf(x, most)).toEqual(raising.slice(0, most));
      }),
    );
  });

  it("are none for the typical user", () => {
    expect(explain(manifest.typical)).toEqual({ told: [], untold: 0 });
  });

  it("are given with the sum of the group and the value that speaks for it, not the weight of one window", () => {
    // The fit has split one effect of -0.6 into +0.4 and -1: few purchases in the shorter window, many in the longer.
    const windows = withFeatures({ count_buy_60d: 0.4, count_buy_30d: -1 }, [-0.3, -0.3]);
    const [reason] = explainer(windows).explain([4, 0]).told;
    expect(reason).toMatchObject({
      feature: "count_buy_30d",
      value: 0,
      sentence: "no “buy” in the last 30 days (typically 2)",
    });
    expect(reason?.contribution).toBeCloseTo(0.4 * (Math.log(5) - Math.log(3)) + Math.log(3), 12);
  });

  it("leave out a group that no value of speaks for what it adds: it only balances another", () => {
    const balancing = withFeatures({ count_buy_60d: 0.5, value_60d: -0.9 }, [-0.2, -0.2]);
    const { told, untold } = explainer(balancing).explain([4, 9]);
    expect(told.map(({ feature }) => feature)).toEqual(["value_60d"]);
    expect(untold).toBeCloseTo(0.5 * (Math.log(5) - Math.log(3)), 12);
  });
});

/** A model of these features alone, each typically 2, with weights for log1p of the value. */
function withFeatures(weights: Record<string, number>, associations: number[]): ModelManifest {
  const features = Object.keys(weights);
  const all = (value: number) => features.map(() => value);
  return exampleManifest({
    features,
    typical: all(2),
    associations,
    parameters: {
      kind: "logistic",
      scaling: {
        low: all(0),
        high: all(100),
        transform: features.map(() => "log1p"),
        center: all(0),
        scale: all(1),
      },
      linear: { weights: Object.values(weights), intercept: 0 },
    },
  });
}

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
