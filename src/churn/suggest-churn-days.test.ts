import { describe, expect, it } from "vitest";
import { Pauses, suggestChurnDays } from "./suggest-churn-days.ts";

function pausesOf(...gaps: number[]): Pauses {
  const pauses = new Pauses();
  const days = [0];
  for (const gap of gaps) days.push((days.at(-1) ?? 0) + gap);
  pauses.add({ userId: "u", days: days.map((day) => ({ day, action: "a", count: 1, value: 0 })) });
  return pauses;
}

describe("the suggested churn window", () => {
  it("is the shortest one within which nine of ten pauses ended", () => {
    expect(suggestChurnDays(pausesOf(1, 1, 2, 7, 3, 1, 1, 30, 2, 1), 400)).toBe(30);
    expect(suggestChurnDays(pausesOf(1, 1, 2, 40, 3, 1, 1, 30, 2, 55), 400)).toBe(60);
    expect(suggestChurnDays(pausesOf(200, 300, 10), 800)).toBe(90);
  });

  it("leaves room for five windows in the log", () => {
    expect(suggestChurnDays(pausesOf(200, 300, 10), 299)).toBe(30);
    expect(suggestChurnDays(pausesOf(1, 1), 149)).toBe(21);
    expect(suggestChurnDays(pausesOf(1, 1), 40)).toBe(7);
    expect(suggestChurnDays(pausesOf(1, 1), 12)).toBe(2);
    expect(suggestChurnDays(pausesOf(), 400)).toBe(30);
  });

  it("knows where there is no pause to go by", () => {
    expect([pausesOf().isEmpty, pausesOf(3).isEmpty]).toEqual([true, false]);
  });

  it("takes two actions of one day for no pause", () => {
    const pauses = new Pauses();
    const day = (action: string) => ({ day: 3, action, count: 1, value: 0 });
    pauses.add({ userId: "u", days: [day("a"), day("b")] });
    expect(pauses.endedWithin(0)).toBe(1);
  });
});
