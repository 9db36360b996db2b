import { describe, expect, it } from "vitest";
import { hasChurned, isHere, isSilent, standingAt } from "./population.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

function activeOn(...days: number[]) {
  return { userId: "u", days: days.map((day) => ({ day, action: "a", count: 1, value: 0 })) };
}

describe("a user at a snapshot", () => {
  it.each([
    [69, false],
    [70, true],
    [99, true],
    [100, false],
  ])("whose only action is on day %i is here at 100: %s", (day, here) => {
    expect(isHere(activeOn(day), 100, churn)).toBe(here);
    if (day < 100) expect(isSilent(100 - day, churn)).toBe(!here);
  });

  it("has lapsed on the first day that comes after a churn window without action, and is back with the next one", () => {
    const user = activeOn(10, 40, 90);
    expect(standingAt(user, 70, churn)).toEqual({ state: "here" });
    expect(standingAt(user, 71, churn)).toEqual({ state: "lapsed", since: 71 });
    expect(standingAt(user, 90, churn)).toEqual({ state: "lapsed", since: 71 });
    expect(standingAt(user, 91, churn)).toEqual({ state: "here" });
    expect(standingAt(user, 500, churn)).toEqual({ state: "lapsed", since: 121 });
  });

  it("is neither here nor lapsed before anything was seen of them", () => {
    expect(standingAt(activeOn(100), 100, churn)).toBeUndefined();
    expect(isHere(activeOn(100), 100, churn)).toBe(false);
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
