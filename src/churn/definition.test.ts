import { describe, expect, it } from "vitest";
import { churnDefinition, faultOfActions, isSameOutcome } from "./definition.ts";

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
  expect(isSameOutcome(churn, { ...churn, action: "unregister" })).toBe(false);
  const leaving = { ...churn, action: "unregister" };
  expect(isSameOutcome(leaving, { ...leaving, returnAction: "register" })).toBe(false);
  expect(isSameOutcome(churn, { ...churn, passive: [] })).toBe(true);
  expect(isSameOutcome(churn, { ...churn, passive: ["email_*"] })).toBe(false);
});

it("a definition keeps which actions leaving, returning and passive ones are", () => {
  const settings = { churnDays: 30, leadDays: 0, action: "stop", returnAction: "start", passive: ["email_*"] };
  expect(churnDefinition(settings, 1000)).toEqual({ ...settings, observeDays: 120 });
});

it.each([
  [{}, undefined],
  [{ action: "stop", passive: ["email_*"] }, undefined],
  [{ action: "stop", returnAction: "start" }, undefined],
  [{ action: "email_bounced", passive: ["email_*"] }, "action"],
  [{ action: "stop", returnAction: "email_welcome", passive: ["email_*"] }, "returnAction"],
  [{ returnAction: "start" }, "returnAction"],
  [{ action: "stop", returnAction: "stop" }, "returnAction"],
])("the actions %j are at fault in: %s", (actions, of) => {
  expect(faultOfActions(actions)?.of).toBe(of);
});
