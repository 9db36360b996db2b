import { describe, expect, it } from "vitest";
import { type AuditEntry, type AuditRange, isWithin } from "./audit.ts";
import { lastBackup } from "./last-backup.ts";

const hour = 3_600_000;

function backup(hours: number, action: "taken" | "failed" | "restored", details: AuditEntry["details"]): AuditEntry {
  const common = { who: "ana", from: "host", target: `/backups/${hours}` };
  return { ...common, id: `backup-${hours}`, at: hours * hour, action: `backup.${action}`, details };
}

function backupsAt(hours: number, ...entries: readonly AuditEntry[]) {
  const audit = {
    async *entries(range?: AuditRange) {
      yield* entries.toReversed().filter((entry) => isWithin(entry, range ?? {}));
    },
  };
  return lastBackup({ audit, now: () => hours * hour });
}

const nightly = { everyDays: 1 };

describe("how it stands with backups", () => {
  it("is told by the last one that was taken", async () => {
    const found = await backupsAt(
      30,
      backup(1, "taken", nightly),
      backup(25, "taken", nightly),
      backup(26, "restored", {}),
    );
    expect(found).toMatchObject({ taken: { at: 25 * hour, place: "/backups/25" }, dueAt: 49 * hour, isLate: false });
    expect(await backupsAt(30)).toEqual({ taken: undefined, failed: undefined, dueAt: undefined, isLate: false });
  });

  it("is bad after one that failed, until one is taken", async () => {
    const failure = { ...nightly, failure: "StoreUnavailable (unavailable)" };
    const entries = [backup(1, "taken", nightly), backup(25, "failed", failure)];
    const found = await backupsAt(26, ...entries);
    expect(found).toMatchObject({ taken: { at: hour }, failed: { at: 25 * hour, failure: failure.failure } });
    expect((await backupsAt(27, ...entries, backup(26, "taken", nightly))).failed).toBeUndefined();
    expect((await backupsAt(26, backup(25, "failed", failure))).failed).toMatchObject({ place: "/backups/25" });
  });

  it("is bad where the next one does not come, half a day after it was due", async () => {
    expect((await backupsAt(1 + 36, backup(1, "taken", nightly))).isLate).toBe(false);
    expect((await backupsAt(1 + 37, backup(1, "taken", nightly))).isLate).toBe(true);
    expect((await backupsAt(1 + 37, backup(1, "taken", { everyDays: 7 }))).isLate).toBe(false);
  });

  it("is for the person to say who takes one now and then", async () => {
    const found = await backupsAt(9_000, backup(1, "taken", {}), backup(2, "failed", { failure: "a defect" }));
    expect(found).toMatchObject({ taken: { at: hour }, failed: undefined, dueAt: undefined, isLate: false });
  });

  it("is told without reading further back than 400 days, where nobody ever takes one", async () => {
    const old = backup(0, "taken", nightly);
    expect((await backupsAt(400 * 24, old)).taken).toMatchObject({ at: 0 });
    expect((await backupsAt(400 * 24 + 1, old)).taken).toBeUndefined();
  });
});
