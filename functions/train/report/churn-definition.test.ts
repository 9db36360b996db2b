import { expect, it } from "vitest";
import { churnInWords } from "./churn-definition.ts";

it("tells when a user has left, and names the lead only where there is one", () => {
  expect(churnInWords({ churnDays: 30, leadDays: 0, observeDays: 90 })).toBe(
    "A user has left who does nothing at all for 30 days after the snapshot. All of this is about users who were still here at the snapshot: those who did something in the 30 days before it. The others had left already, and are neither learned from nor counted.",
  );
  expect(churnInWords({ churnDays: 30, leadDays: 1, observeDays: 90 })).toContain("The 1 day right after the snapshot");
});
