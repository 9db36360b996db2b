import { expect, it } from "vitest";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { unfinishedActs } from "./unfinished-acts.ts";

const now = Date.UTC(2026, 2, 1);

it.each([
  [1, "The erasure of 1 user that"],
  [2_500, "The erasure of 2,500 users that"],
])("tells of an erasure of %d that was cut short", async (users, told) => {
  const begun: AuditEntry = {
    ...{ id: "1", at: now - 1_000, action: "users.erased.begun", who: "ana", from: "laptop" },
    details: { users },
  };
  const audit = {
    async *entries({ action = "" }: { readonly action?: string | undefined } = {}) {
      if (begun.action.startsWith(action)) yield begun;
    },
  };
  const [text, ...others] = await unfinishedActs(audit, now);
  expect(text).toContain(told);
  expect(others).toEqual([]);
});
