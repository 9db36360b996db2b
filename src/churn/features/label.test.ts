import { describe, expect, it } from "vitest";
import { hasChurned, isEligible } from "./label.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

function activeOn(...days: number[]) {
  return { userId: "u", days: days.map((day) => ({ day, action: "a", count: 1, value: 0 })) };
}

describe("a user at a snapshot", () => {
  it.each([
    [39, false],
    [40, true],
    [99, true],
    [100, false],
  ])("whose only action is on day %i is eligible at 100: %s", (day, eligible) => {
    expect(isEligible(activeOn(day), 100, churn)).toBe(eligible);
  });

  it.each([
    [99, true],
    [100, false],
    [129, false],
    [130, true],
  ])("whose next action is on day %i has churned at 100: %s", (day, churned) => {
    expect(hasChurned(activeOn(50, day), 100, churn)).toBe(churned);
  });

  it("may be active in the lead and still churn after it", () => {
    const withLead = { ...churn, leadDays: 7 };
    expect(hasChurned(activeOn(50, 106), 100, withLead)).toBe(true);
    expect(hasChurned(activeOn(50, 107), 100, withLead)).toBe(false);
    expect(hasChurned(activeOn(50, 136), 100, withLead)).toBe(false);
    expect(hasChurned(activeOn(50, 137), 100, withLead)).toBe(true);
  });
});
