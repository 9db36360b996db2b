import { expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { firstMonthKept } from "./first-month-kept.ts";

it("counts back in whole months, over the end of a year", () => {
  const today = parseDay("2026-01-31") ?? 0;
  expect(firstMonthKept(today, 0)).toBe(parseDay("2026-01-01"));
  expect(firstMonthKept(today, 2)).toBe(parseDay("2025-11-01"));
  expect(firstMonthKept(today, 24)).toBe(parseDay("2024-01-01"));
});
