import { expect, it } from "vitest";
import { isAtRisk, type RiskThen } from "./risk-change.ts";

/** Whether a user is at risk at last who was each of these on a list, in the order of time. */
function after(...risks: readonly RiskThen[]): boolean {
  return risks.reduce((wasAtRisk, risk) => isAtRisk(risk, wasAtRisk), false);
}

it("is at risk who is at high risk, and stays so however often they are at medium risk since", () => {
  expect(after("high")).toBe(true);
  expect(after("low", "medium", "high")).toBe(true);
  expect(after("low", "high", "medium", "medium")).toBe(true);
  expect(after("high", ...Array<RiskThen>(31).fill("medium"))).toBe(true);
});

it("is not at risk who has not been at high risk since they were at low risk or had lapsed", () => {
  expect(after("medium")).toBe(false);
  expect(after("low")).toBe(false);
  expect(after("high", "medium", "low")).toBe(false);
  expect(after("high", "low", "medium")).toBe(false);
  expect(after("high", "lapsed")).toBe(false);
  expect(after("high", "lapsed", "medium")).toBe(false);
});
