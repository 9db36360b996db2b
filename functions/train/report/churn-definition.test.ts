import { expect, it } from "vitest";
import { churnInWords } from "./churn-definition.ts";

it("tells when a user has left, and names the lead only where there is one", () => {
  expect(churnInWords({ churnDays: 30, leadDays: 0, observeDays: 90 })).toBe(
    "A user has left who does nothing at all for 30 days after the snapshot. Only users who did something in the 90 days before it are looked at.",
  );
  expect(churnInWords({ churnDays: 30, leadDays: 1, observeDays: 90 })).toContain("The 1 day right after the snapshot");
});
