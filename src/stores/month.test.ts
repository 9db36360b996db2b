import { expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { monthNumber, monthOf } from "./month.ts";

it.each([
  ["1970-01-01", "1970.01", 0],
  ["1969-12-31", "1969.12", -1],
  ["2024-02-29", "2024.02", 649],
  ["2024-12-31", "2024.12", 659],
])("%s is in %s", (day, month, number) => {
  expect(monthOf(parseDay(day)!)).toBe(month);
  expect(monthNumber(parseDay(day)!)).toBe(number);
});
