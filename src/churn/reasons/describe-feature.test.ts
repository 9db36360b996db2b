import { describe, expect, it } from "vitest";
import { featureNames } from "../features/features.ts";
import { describeFeature } from "./describe-feature.ts";

describe("a feature in words", () => {
  it.each([
    ["days_since_last", "days since the last action"],
    ["active_days_30d", "active days in the last 30 days"],
    ["count_log in_1d", "“log in” in the last 1 day"],
    ["days_since_buy_up_to_60d", "days since the last “buy”"],
    ["from another program", "from another program"],
  ])("%s: %s", (name, words) => {
    expect(describeFeature(name)).toBe(words);
  });

  it("never falls back to the name for a feature that lapse makes", () => {
    const names = featureNames({ churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions: ["buy"] });
    for (const name of names) expect(describeFeature(name)).not.toBe(name);
  });
});
