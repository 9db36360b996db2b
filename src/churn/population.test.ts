import { describe, expect, it } from "vitest";
import { daysSinceLast, hasChurned, isHere, isSilent, standingAt } from "./population.ts";

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

/** A user who did these on these days. */
function doing(...days: readonly (readonly [number, string])[]) {
  return { userId: "u", days: days.map(([day, action]) => ({ day, action, count: 1, value: 0 })) };
}

describe("a user with passive actions", () => {
  const owner = { ...churn, passive: ["email_*"] };
  const mailed = doing([10, "login"], [45, "email_offer"], [80, "email_news"], [110, "email_offer"]);

  it("is not here by them, and neither stays by them", () => {
    expect(standingAt(mailed, 40, owner)).toEqual({ state: "here" });
    expect(standingAt(mailed, 60, owner)).toEqual({ state: "lapsed", since: 41 });
    expect(standingAt(mailed, 81, owner)).toEqual({ state: "lapsed", since: 41 });
    expect(hasChurned(mailed, 40, owner)).toBe(true);
    expect(hasChurned(mailed, 100, owner)).toBe(true);
    expect(hasChurned(mailed, 100, churn)).toBe(false);
  });

  it("is silent since the last action of their own", () => {
    expect(daysSinceLast(mailed, 100, owner)).toBe(90);
    expect(daysSinceLast(mailed, 100, churn)).toBe(20);
    expect(daysSinceLast(mailed, 10, owner)).toBeUndefined();
  });

  it("stays by what they do beside them", () => {
    expect(hasChurned(doing([10, "login"], [45, "email_offer"], [50, "buy"]), 40, owner)).toBe(false);
  });

  it("was never here if they have no others", () => {
    expect(standingAt(doing([10, "email_offer"]), 20, owner)).toBeUndefined();
    expect(isHere(doing([10, "email_offer"]), 20, owner)).toBe(false);
  });
});

describe("a user who leaves by an action", () => {
  const leaving = { ...churn, action: "unregister" };
  const left = doing([10, "login"], [50, "unregister"], [55, "login"], [60, "unregister"]);

  it("is here until then, however silent, and has lapsed since, whatever they do", () => {
    expect(standingAt(left, 5, leaving)).toBeUndefined();
    expect(standingAt(left, 50, leaving)).toEqual({ state: "here" });
    for (const day of [51, 56, 61, 500]) expect(standingAt(left, day, leaving)).toEqual({ state: "lapsed", since: 50 });
    expect(isSilent(1000, leaving)).toBe(false);
  });

  it.each([
    [99, false],
    [100, true],
    [129, true],
    [130, false],
  ])("on day %i has churned at 100: %s", (day, churned) => {
    expect(hasChurned(doing([90, "login"], [day, "unregister"]), 100, leaving)).toBe(churned);
  });

  it("has neither stayed nor churned if they leave in the lead", () => {
    const withLead = { ...leaving, leadDays: 7 };
    expect(hasChurned(doing([90, "login"], [106, "unregister"]), 100, withLead)).toBeUndefined();
    expect(hasChurned(doing([90, "login"], [107, "unregister"]), 100, withLead)).toBe(true);
    expect(hasChurned(doing([90, "login"], [137, "unregister"]), 100, withLead)).toBe(false);
  });

  it("does not stay for being silent, and does not leave by it", () => {
    expect(hasChurned(doing([90, "login"]), 100, leaving)).toBe(false);
    expect(hasChurned(doing([90, "login"], [110, "login"]), 100, leaving)).toBe(false);
  });

  it("is back once they return, if there is an action for that", () => {
    const returning = { ...leaving, returnAction: "register" };
    const back = doing([10, "register"], [50, "unregister"], [60, "login"], [70, "register"], [90, "unregister"]);
    expect(standingAt(back, 70, returning)).toEqual({ state: "lapsed", since: 50 });
    expect(standingAt(back, 71, returning)).toEqual({ state: "here" });
    expect(standingAt(back, 91, returning)).toEqual({ state: "lapsed", since: 90 });
    expect(hasChurned(back, 71, returning)).toBe(true);
    expect(hasChurned(back, 48, { ...returning, leadDays: 25 })).toBe(true);
    expect(hasChurned(back, 48, { ...returning, leadDays: 20 })).toBeUndefined();
  });

  it("has not left who returns on the same day", () => {
    const returning = { ...leaving, returnAction: "register" };
    for (const changed of [
      doing([10, "login"], [50, "register"], [50, "unregister"]),
      doing([10, "login"], [50, "switch"], [50, "unregister"], [50, "vacate"], [50, "z"]),
    ]) {
      const isBack = changed.days.some(({ action }) => action === "register");
      expect(isHere(changed, 51, returning)).toBe(isBack);
      expect(hasChurned(changed, 40, returning)).toBe(!isBack);
    }
  });
});
