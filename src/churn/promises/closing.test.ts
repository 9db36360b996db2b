import { describe, expect, it } from "vitest";
import { isClosed, judgedFrom } from "./closing.ts";

const churn = { churnDays: 30, leadDays: 5, observeDays: 90 };

describe("a churn window", () => {
  it("is closed a day after its last day, with its lead", () => {
    const known = { firstDay: 0, lastDay: 1_000 };
    expect(judgedFrom(100, churn)).toBe(136);
    expect(isClosed(100, churn, { ...known, today: 135 })).toBe(false);
    expect(isClosed(100, churn, { ...known, today: 136 })).toBe(true);
  });

  it("is not closed beyond the end of the log, however long ago that is", () => {
    expect(isClosed(100, churn, { firstDay: 0, lastDay: 133, today: 2_000 })).toBe(false);
    expect(isClosed(100, churn, { firstDay: 0, lastDay: 134, today: 2_000 })).toBe(true);
  });

  it("cannot be told once its actions have been deleted", () => {
    expect(isClosed(100, churn, { firstDay: 101, lastDay: 1_000, today: 1_000 })).toBe(false);
  });
});
