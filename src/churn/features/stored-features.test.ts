import { describe, expect, it } from "vitest";
import { featuresOf } from "#test/support/features-of.ts";
import type { FeatureDefinition } from "../definition.ts";
import { featureExtractor, featureNames } from "./features.ts";
import { storedFeatures, storedName } from "./stored-features.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
const all: FeatureDefinition = { churn, actions: ["email_offer", "login"] };
const own: FeatureDefinition = { churn: { ...churn, passive: ["email_*", "push_*"] }, actions: ["login"] };
const user = {
  userId: "ann",
  days: [
    { day: 50, action: "login", count: 1, value: 0 },
    { day: 95, action: "email_offer", count: 2, value: 0 },
  ],
};

describe("features without passive actions", () => {
  it("are those of what the user did", () => {
    const without = { ...user, days: user.days.slice(0, 1) };
    expect(featuresOf(user, 100, own)).toEqual(featuresOf(without, 100, own));
    expect(featuresOf(user, 100, own)).not.toEqual(featuresOf(user, 100, { ...own, churn }));
  });

  it("stand beside those with them under names of their own", () => {
    const { names, extract } = storedFeatures([all, own, { ...all, actions: ["login"] }]);
    const values = extract(user, 100);
    const value = (name: string) => values[names.indexOf(name)];
    expect(value("days_since_last")).toBe(5);
    expect(value("days_since_last without email_*, push_*")).toBe(50);
    for (const definition of [all, own])
      expect(featureNames(definition).map((name) => value(storedName(name, definition.churn)))).toEqual([
        ...featuresOf(user, 100, definition),
      ]);
    expect(new Set(names).size).toBe(names.length);
    expect(() => featureExtractor(all, own)).toThrow(TypeError);
  });

  it("have plain names where no action is passive", () => {
    expect(storedFeatures([all]).names).toEqual(featureNames(all));
  });
});
