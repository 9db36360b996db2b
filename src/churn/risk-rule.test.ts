import { describe, expect, it } from "vitest";
import { type Costs, riskRule } from "./risk-rule.ts";

const model = { medium: 0.3, high: 0.6 };
const sample = { probabilities: [0.9, 0.7, 0.5, 0.5, 0.1], share: 1 };
const none: Costs = { economics: undefined, capacity: undefined, meanValue: 50 };
const economics = { costPerContact: 1, incentive: 0, takeUp: 1, saveRate: { value: 0.1, low: 0.05, high: 0.15 } };

describe("riskRule", () => {
  it("leaves the model's thresholds where no costs are set", () => {
    expect(riskRule(model, none, sample)).toEqual({ thresholds: model, by: "tenth" });
  });

  it("calls those at risk whom it pays to contact", () => {
    expect(riskRule(model, { ...none, economics }, sample)).toEqual({
      thresholds: { high: 0.2, medium: 0.1 },
      by: "costs",
    });
    // Slipping stays what the model says as long as hysteresis has room.
    const dear = riskRule(model, { ...none, economics: { ...economics, costPerContact: 4 } }, sample);
    expect(dear.thresholds).toEqual({ high: 0.8, medium: 0.3 });
  });

  it("calls no one at risk where it pays to contact no one, and everyone where contacts cost nothing", () => {
    const noOne = riskRule(model, { ...none, economics, meanValue: 9 }, sample);
    expect(noOne.by).toBe("costs");
    expect(noOne.thresholds.high).toBeGreaterThan(1);
    expect(noOne.thresholds.medium).toBe(0.3);
    const all = riskRule(model, { ...none, economics: { ...economics, costPerContact: 0 } }, sample);
    expect(all).toEqual({ thresholds: { high: 0, medium: 0 }, by: "costs" });
  });

  it("keeps the tenth, and says why, where nothing tells what a user is worth", () => {
    expect(riskRule(model, { ...none, economics, meanValue: undefined }, sample)).toEqual({
      thresholds: model,
      by: "no-values",
    });
  });

  it("calls no more at risk than can be contacted, none of several users of equal risk", () => {
    const atRisk = (capacity: number, share = 1) => {
      const { thresholds, by } = riskRule(model, { ...none, economics, capacity }, { ...sample, share });
      return [sample.probabilities.filter((probability) => probability >= thresholds.high).length, by];
    };
    expect([5, 4, 3, 2, 1, 0].map((capacity) => atRisk(capacity))).toEqual([
      [4, "costs"],
      [4, "costs"],
      [2, "capacity"],
      [2, "capacity"],
      [1, "capacity"],
      [0, "capacity"],
    ]);
    // Of half of the users, half as many.
    expect(atRisk(4, 0.5)).toEqual([2, "capacity"]);
    // A few of very many are not no one.
    expect([atRisk(1, 0.1), atRisk(0, 0.1)]).toEqual([
      [1, "capacity"],
      [0, "capacity"],
    ]);
  });

  it("caps the tenth as well", () => {
    expect(riskRule(model, { ...none, capacity: 1 }, sample)).toEqual({
      thresholds: { high: 0.9, medium: 0.3 },
      by: "capacity",
    });
    expect(riskRule(model, { ...none, capacity: 2 }, sample)).toEqual({ thresholds: model, by: "tenth" });
  });
});
