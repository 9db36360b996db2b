import { expect, it } from "vitest";
import { groupOf } from "./feature-group.ts";
import { featureNames } from "./features.ts";

it("features that overlap are of one group, and each action has its own", () => {
  const names = featureNames({ churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions: ["buy", "log in"] });
  expect(new Set(names.map(groupOf))).toEqual(
    new Set(["rhythm", "activity", "value", "tenure", "action buy", "action log in"]),
  );
  expect(groupOf("count_buy_60d")).toBe(groupOf("days_since_buy_up_to_120d"));
  expect(groupOf("mean_gap_days")).toBe(groupOf("days_since_last"));
  expect(groupOf("from another program")).not.toBe(groupOf("from a third program"));
});
