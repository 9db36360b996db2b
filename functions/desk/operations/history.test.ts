import { describe, expect, it } from "vitest";
import { digest, risksTold, usersScored } from "#runtime/event-kinds.ts";
import type { AuditEntry, AuditRange } from "#stores/audit/audit.ts";
import { isWithin } from "#stores/audit/audit.ts";
import { importEntry } from "#stores/audit/import-entry.ts";
import { ownHistory } from "./history.ts";
import { historySection } from "./history-section.ts";

const run = (at: number, target: string, details: AuditEntry["details"]): AuditEntry => ({
  ...{ id: `run-${at}`, at, action: "run.ended", who: `the function ${target}`, from: usersScored.type, target },
  details,
});

function historyOf(entries: readonly AuditEntry[]) {
  const audit = {
    append: async () => undefined,
    async *entries(range?: AuditRange) {
      yield* entries.toReversed().filter((entry) => isWithin(entry, range ?? {}));
    },
  };
  return ownHistory({ audit, now: () => 1_000 });
}

describe("what functions have recorded of themselves", () => {
  it("tells a run in many parts as one, with the time of all of them", async () => {
    const parts = Array.from({ length: 100 }, (_, i) =>
      run(10 + i, "changes", { seconds: 0.5, followed_by: risksTold.type }),
    );
    const { runs } = await historyOf([
      run(1, "score", { seconds: 4, users: 3 }),
      ...parts,
      run(200, "changes", { seconds: 1, here: 3, followed_by: digest.type }),
      run(300, "changes", { seconds: 2, followed_by: risksTold.type }),
      run(301, "changes", { seconds: 3, here: 3, followed_by: digest.type }),
    ]);
    expect(runs.map(({ name, seconds }) => [name, seconds])).toEqual([
      ["changes", 5],
      ["changes", 51],
      ["score", 4],
    ]);
  });

  it("tells what a run came to in words, the bounds of a figure behind it", async () => {
    const history = await historyOf([
      run(1, "train", { seconds: 4, auc: 0.79912, auc_low: 0.7874, auc_high: 0.8118, rows: 12_402 }),
      run(2, "changes", { seconds: 4, value_at_risk: 1_409.35 }),
      run(3, "monitor", { seconds: 4 }),
    ]);
    const { markup } = historySection(history);
    expect(markup).toContain(">AUC 0.7991 (0.7874 to 0.8118), rows 12,402<");
    expect(markup).toContain(">value at risk 1,409<");
    expect(markup).toContain(">done<");
  });

  it("tells of each import how many lines were left out, and why", async () => {
    const log = { name: "shop.csv", created: 60, known: 1, rejected: { "no user": 2, "no time": 1 } };
    const entry = importEntry(log, { id: "i1", at: 5, actor: { who: "ann", from: "npm start" } });
    const history = await historyOf([entry]);
    expect(history.imports).toEqual([
      {
        at: 5,
        name: "shop.csv",
        created: 60,
        known: 1,
        rejected: [
          ["no user", 2],
          ["no time", 1],
        ],
      },
    ]);
    expect(historySection(history).markup).toContain("2 × no user; 1 × no time");
  });

  it("reads as sentences without types of events", async () => {
    const history = await historyOf([
      run(1, "features", { seconds: 75, users: 1_664, user_days: 0, followed_by: "dev.lapse.features.updated" }),
      { ...run(2, "score", { seconds: 1, failure: "NotYet (unavailable)" }), action: "run.failed" },
    ]);
    const text = historySection(history).markup.replaceAll(/<[^>]+>/g, " ");
    expect(text).toContain("features  after users scored");
    expect(text).toContain("users 1,664, then features updated");
    expect(text).toContain("1 min 15 s");
    expect(text).toMatch(/failed : NotYet \(unavailable\)/);
    expect(text).not.toContain("user days");
  });
});
