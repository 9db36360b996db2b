import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, formatDay, parseDay, startOf, weekdayOf } from "./day.ts";

describe("a day", () => {
  it("begins at midnight UTC", () => {
    expect(dayOf(Date.parse("2024-02-29T00:00:00.000Z"))).toBe(19_782);
    expect(dayOf(Date.parse("2024-02-29T23:59:59.999Z"))).toBe(19_782);
    expect(dayOf(Date.parse("1969-12-31T23:59:59.999Z"))).toBe(-1);
    expect(startOf(19_782)).toBe(Date.parse("2024-02-29"));
  });

  it("is a weekday, before 1970 too", () => {
    const weekdays = ["1969-12-29", "1969-12-31", "1970-01-01", "2024-03-02", "2024-03-03"].map((text) =>
      weekdayOf(parseDay(text) ?? Number.NaN),
    );
    expect(weekdays).toEqual([0, 2, 3, 5, 6]);
  });

  it("is written as an ISO date and read back", () => {
    fc.assert(fc.property(fc.integer({ min: -100_000, max: 100_000 }), (day) => parseDay(formatDay(day)) === day));
  });

  it.each(["2023-02-29", "2024-13-01", "24-01-01", "2024-01-01T00:00", ""])("is not named by %j", (text) => {
    expect(parseDay(text)).toBeUndefined();
  });
});
