import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { unfinishedActs } from "./unfinished-acts.ts";

/** From the newest to the oldest, as the audit has them. */
function told(...entries: Pick<AuditEntry, "id" | "action" | "details">[]): Promise<string[]> {
  const all = entries.map((entry, i) => ({ ...entry, at: 1_000 - i, who: "ann", from: "here" }));
  const audit = {
    entries: ({ action = "" } = {}) => Readable.from(all.filter((entry) => entry.action.startsWith(action))),
  };
  return unfinishedActs(audit, 1_000);
}

describe("what was cut short", () => {
  it("is told of every erasure that has no end, although a later one has ended", async () => {
    const texts = await told(
      { id: "d", action: "users.erased", details: { users: 1, begun: "c" } },
      { id: "c", action: "users.erased.begun", details: { users: 1 } },
      { id: "b", action: "users.erased.begun", details: { users: 1 } },
      { id: "a", action: "users.erased.begun", details: { users: 2_000 } },
    );
    expect(texts).toEqual([
      expect.stringMatching(/^The erasure of 1 user that ann began .* was cut short/),
      expect.stringMatching(/^The erasure of 2,000 users that ann began .* was cut short/),
    ]);
  });

  it("is not told of a deletion of old months that a later one has made up for", async () => {
    const begun = { id: "a", action: "months.erased.begun" };
    expect(await told(begun)).toHaveLength(1);
    expect(
      await told(
        { id: "c", action: "months.erased", details: { begun: "b" } },
        { id: "b", action: "months.erased.begun" },
        begun,
      ),
    ).toEqual([]);
  });
});
