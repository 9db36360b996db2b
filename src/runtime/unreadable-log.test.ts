import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createLogger } from "./logging.ts";
import { watchUnreadable } from "./unreadable-log.ts";

const hour = 3_600_000;

function setUp() {
  const metrics = new Registry();
  const entries: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void entries.push(JSON.parse(line)) };
  const clock = { now: 0 };
  const logger = createLogger({ service: "test", level: "info" }, { stream, friendly: false });
  const tell = watchUnreadable(metrics, logger, () => clock.now);
  const users = (...userIds: readonly string[]) =>
    tell({
      purpose: "read features",
      documents: userIds.length,
      named: userIds.slice(0, 10).map((userId) => ({ place: "features", userId })),
      problem: "a list is empty",
    });
  return { tell, users, entries, clock, text: () => metrics.metrics() };
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => `user-${i}`);

describe("documents that a store left out", () => {
  it("are told of together, each user in the field of an entry of their own and nowhere else", async () => {
    const { users, entries, text } = setUp();
    users("ann", "ben");
    expect(entries).toMatchObject([
      {
        message:
          "Left out 2 documents or rows that cannot be read (read features), such as one in features: a list is empty.",
        "log.level": "warn",
        "event.action": "skip",
        "user.id": "ann",
      },
      { message: "Left out another in features (read features).", "user.id": "ben" },
    ]);
    expect(await text()).toContain("lapse_documents_unreadable_total 2");
  });

  it("are named by their place where they belong to no user", () => {
    const { tell, entries } = setUp();
    tell({ purpose: "read runs", documents: 1, named: [{ place: "runs", key: "score" }], problem: "no JSON" });
    expect(entries).toHaveLength(1);
    expect(entries[0]?.message).toContain("such as one in runs/score: no JSON.");
    expect(entries[0]).not.toHaveProperty("user.id");
  });

  it("are told of once an hour however often they are read, and counted each time", async () => {
    const { users, entries, clock, text } = setUp();
    for (let i = 0; i < 1_000; i++) {
      clock.now = i * 1_000;
      users("ann", "ben");
    }
    expect(entries).toHaveLength(2);
    expect(await text()).toContain("lapse_documents_unreadable_total 2000");
    clock.now = hour;
    users("ann");
    expect(entries[2]?.message).toContain("999 readings before this one left out the same");
    clock.now = 2 * hour;
    users("ann");
    expect(entries[3]?.message).toMatch(/a list is empty\.$/);
  });

  it("fill no log if each reading leaves out another one", async () => {
    const { users, entries, text } = setUp();
    for (const id of ids(500)) users(id);
    expect(entries.map((entry) => entry["user.id"])).toEqual(ids(10));
    expect(await text()).toContain("lapse_documents_unreadable_total 500");
  });

  it("are told of in each kind of reading", () => {
    const { users, tell, entries } = setUp();
    users(...ids(30));
    tell({ purpose: "read scores", documents: 1, named: [{ place: "scores", userId: "zoe" }], problem: "no risk" });
    expect(entries).toHaveLength(11);
    expect(entries[10]).toMatchObject({ "user.id": "zoe" });
  });
});
