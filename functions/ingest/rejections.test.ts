import { expect, it } from "vitest";
import { type AuditEntry, auditEntry } from "#stores/audit/audit.ts";
import { Rejections } from "./rejections.ts";

const silent = { stored: () => undefined, rejected: () => undefined, taken: () => undefined };

function setUp() {
  const entries: AuditEntry[] = [];
  const state = { isAway: false };
  const append = async (entry: AuditEntry) => {
    if (state.isAway) throw new Error("away");
    entries.push(auditEntry.parse(entry));
  };
  const rejections = new Rejections({ audit: { append }, newId: () => `id-${entries.length}`, now: () => 5 });
  return { entries, state, rejections, metrics: rejections.counting(silent) };
}

it("records how many were rejected for each field, once for many", async () => {
  const { entries, rejections, metrics } = setUp();
  metrics.rejected("timestamp", 2);
  metrics.rejected("user_id", 1);
  metrics.rejected("timestamp", 3);
  await rejections.flush();
  await rejections.flush();
  expect(entries).toMatchObject([{ action: "actions.rejected", count: 6, details: { timestamp: 5, user_id: 1 } }]);
});

it("loses nothing while the audit is away, and tells a bounded number of made-up fields apart", async () => {
  const { entries, state, rejections, metrics } = setUp();
  state.isAway = true;
  for (let i = 0; i < 100; i++) metrics.rejected(`made-up-${i}`, 1);
  await rejections.flush();
  state.isAway = false;
  await rejections.flush();
  expect(entries[0]?.count).toBe(100);
  expect(Object.keys(entries[0]?.details ?? {})).toHaveLength(21);
});
