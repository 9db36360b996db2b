import { describe, expect, it } from "vitest";
import { churnDefinition, isSameOutcome } from "./definition.ts";

describe("the days that features look back on", () => {
  it.each([
    [1000, 120],
    [210, 120],
    [209, 90],
    [180, 90],
    [179, 60],
    [40, 60],
  ])("in a log of %i days, with a churn window of 30, are %i", (logDays, observeDays) => {
    expect(churnDefinition({ churnDays: 30, leadDays: 0 }, logDays).observeDays).toBe(observeDays);
  });

  it("leave room for the lead twice", () => {
    expect(churnDefinition({ churnDays: 30, leadDays: 7 }, 223).observeDays).toBe(90);
    expect(churnDefinition({ churnDays: 30, leadDays: 7 }, 224).observeDays).toBe(120);
  });

  it("are as they are set", () => {
    const settings = { churnDays: 30, leadDays: 0, observeDays: 45 };
    expect(churnDefinition(settings, 1000)).toEqual(settings);
  });
});

it("definitions that differ only in what features look back on are about the same outcome", () => {
  const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
  expect(isSameOutcome(churn, { ...churn, observeDays: 120 })).toBe(true);
  expect(isSameOutcome(churn, { ...churn, churnDays: 31 })).toBe(false);
  expect(isSameOutcome(churn, { ...churn, leadDays: 7 })).toBe(false);
});
