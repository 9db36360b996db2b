import { describe, expect, it } from "vitest";
import type { UserDay } from "../user-history.ts";
import { measuresFrom } from "./measures.ts";
import { measuresOfLapsed } from "./measures-of-lapsed.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 120 };
const day = (at: number, value: number): UserDay => ({ day: at, action: "buy", count: 1, value });

describe("measuresOfLapsed", () => {
  it("tells what a user was worth on the last day that they were here, and how long they are known", () => {
    const user = { userId: "ann", days: [day(700, 1_000), day(900, 40), day(980, 80)] };
    // Silent for 30 days at the start of day 1010, the last on which they are here: 120 in four windows.
    expect(measuresOfLapsed(user, { since: 1_011, snapshot: 1_200 }, churn)).toEqual({ value: 30, tenure: 500 });
  });

  it("agrees with the measures that the list had on that day", () => {
    const fromFeatures = measuresFrom(["value_120d", "days_since_first"], churn)([120, 310]);
    const user = { userId: "ann", days: [day(700, 1_000), day(900, 40), day(980, 80)] };
    expect(measuresOfLapsed(user, { since: 1_011, snapshot: 1_010 }, churn)).toEqual({
      value: fromFeatures.value,
      tenure: fromFeatures.tenure,
    });
  });

  it("counts up to the day of leaving where that is an action, and nothing that the business did", () => {
    const user = { userId: "ann", days: [day(90, 30), day(100, 12), { ...day(80, 500), action: "email_offer" }] };
    const days = user.days.toSorted((one, other) => one.day - other.day);
    const leaving = { ...churn, action: "unregister", passive: ["email_*"] };
    // Ten days and one before: less than a window.
    expect(measuresOfLapsed({ ...user, days }, { since: 101, snapshot: 110 }, leaving)).toEqual({
      value: 42,
      tenure: 20,
    });
  });

  it("counts a user who was here for less than a window as one window, and no one as nothing", () => {
    const short = { userId: "bob", days: [day(970, 6), day(980, 6)] };
    expect(measuresOfLapsed(short, { since: 1_011, snapshot: 1_011 }, churn)?.value).toBeCloseTo(12 / (40 / 30));
    expect(measuresOfLapsed({ userId: "eve", days: [] }, { since: 5, snapshot: 9 }, churn)).toBeUndefined();
    expect(measuresOfLapsed(short, { since: 971, snapshot: 970 }, churn)).toBeUndefined();
  });
});
