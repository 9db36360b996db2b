import { expect, it } from "vitest";
import { describeEntries } from "./describe.ts";

const entry = { id: "1", at: Date.UTC(2026, 0, 1, 12), action: "model.promoted", who: "ana", from: "laptop" };

it("an entry is a line with who, what and why, and how often", () => {
  const table = describeEntries([
    { ...entry, target: "v2", reason: "Better on new users", details: { previous: "v1" } },
    { ...entry, action: "access.refused", count: 1_500 },
  ]);
  expect(table).toMatch(/2026-01-01 12:00:00 +model\.promoted +v2 +ana +laptop +Better on new users; previous v1/);
  expect(table).toContain("access.refused × 1,500");
});

it("what a caller sent cannot draw on the terminal or fill it", () => {
  const table = describeEntries([{ ...entry, target: `GET /\u001b[2J\n${"x".repeat(900)}` }]);
  expect(table.split("\n")).toHaveLength(2);
  expect(table).not.toContain("\u001b");
  expect(table.length).toBeLessThan(700);
});

it("without entries it says so", () => {
  expect(describeEntries([])).toBe("There are no such entries.");
});
