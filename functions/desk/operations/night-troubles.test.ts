import { describe, expect, it } from "vitest";
import { usersScored } from "#runtime/event-kinds.ts";
import { type AuditEntry, type AuditRange, isWithin } from "#stores/audit/audit.ts";
import { nightTroubles } from "./night-troubles.ts";

const common = { who: "the function", from: usersScored.type };

function run(at: number, target: string, failure?: string): AuditEntry {
  const details = failure === undefined ? { users: 3 } : { failure };
  return {
    ...common,
    id: `run-${at}`,
    at,
    action: failure === undefined ? "run.ended" : "run.failed",
    target,
    details,
  };
}

function drift(at: number, details: AuditEntry["details"]): AuditEntry {
  return { ...common, id: `drift-${at}`, at, action: "drift.measured", target: "v1", details };
}

function troublesOf(...entries: readonly AuditEntry[]) {
  const audit = {
    append: async () => undefined,
    async *entries(range?: AuditRange) {
      yield* entries.toReversed().filter((entry) => isWithin(entry, range ?? {}));
    },
  };
  return nightTroubles({ audit });
}

describe("what a person should look into", () => {
  it("is a function whose last run failed, and not one that has succeeded since", async () => {
    const { failed } = await troublesOf(
      run(1, "features", "StoreUnavailable (unavailable)"),
      run(2, "features"),
      run(3, "train"),
      run(4, "train", "a defect"),
      run(5, "score"),
    );
    expect(failed).toMatchObject([{ name: "train", at: 4, details: { failure: "a defect" } }]);
    expect((await troublesOf(run(1, "score"))).failed).toEqual([]);
  });

  it("is a drift of the probabilities of 0.25 or more, if it is the newest that was measured", async () => {
    const found = await troublesOf(drift(1, { probability: 0.1 }), drift(2, { probability: 0.25, "feature a": 0.3 }));
    expect(found.drift).toMatchObject({ version: "v1", probability: 0.25, features: [["a", 0.3]] });
    expect((await troublesOf(drift(1, { probability: 0.3 }), drift(2, { probability: 0.24 }))).drift).toBeUndefined();
    expect((await troublesOf(drift(1, { "feature a": 0.3 }))).drift).toBeUndefined();
    expect((await troublesOf()).drift).toBeUndefined();
  });
});
