import { expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { oldListInWords } from "./old-list.ts";

it("tells of a list that is older than a week, and of no other", () => {
  const list = parseDay("2026-01-01")!;
  expect(oldListInWords(undefined, startOf(list))).toBeUndefined();
  expect(oldListInWords(list, startOf(list + 7))).toBeUndefined();
  expect(oldListInWords(list, startOf(list + 1_000) + 1)).toMatch(/^The list is of 2026-01-01, 1,000 days ago, /);
});
