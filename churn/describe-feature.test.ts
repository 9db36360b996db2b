import { describe, expect, it } from "vitest";
import { describeFeature, describeValue } from "./describe-feature.ts";
import { featureNames } from "./features.ts";

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

  it.each([
    ["days_since_last", 34, 5, "last action 34 days ago (typically 5)"],
    ["days_since_buy_up_to_60d", 60, 3, "no “buy” for 60 days or more (typically 3)"],
    ["days_since_buy_up_to_60d", 1, 12.25, "last “buy” 1 day ago (typically 12.3)"],
    ["count_login_30d", 0, 9, "no “login” in the last 30 days (typically 9)"],
    ["actions_3d", 1, 2, "1 action in the last 3 days (typically 2)"],
    ["overdue_ratio", 3.456, 0.5, "silent for 3.46 times the usual gap (typically 0.5)"],
    ["trend_60d", -0.5, 0.1, "active days fell by 50 % within 60 days (typically +10 %)"],
    ["value_30d", 1234.5, 0, "total value 1235 in the last 30 days (typically 0)"],
  ])("%s = %d beside %d: %s", (name, value, typical, words) => {
    expect(describeValue(name, value, typical)).toBe(words);
  });

  it("never falls back to the name for a feature that lapse makes", () => {
    const names = featureNames({ churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions: ["buy"] });
    for (const name of names) {
      expect(describeFeature(name)).not.toBe(name);
      expect(describeValue(name, 2, 3)).not.toContain(`${name} is`);
    }
  });
});
