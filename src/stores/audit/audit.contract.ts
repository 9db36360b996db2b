import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type UnreadableDocuments, unreadableName } from "../unreadable-documents.ts";
import type { Audit, AuditEntry, AuditRange } from "./audit.ts";

/**
 * What every Audit must do; `make` returns an empty one, and how to open it again, to add an entry to one that has some which cannot be read,
 * and to remove it.
 */
export function describeAudit(
  name: string,
  make: () => Promise<{ audit: Audit; again: () => Audit; plant: () => Promise<void>; dispose: () => Promise<void> }>,
): void {
  describe(`${name} as audit`, () => {
    let audit: Audit;
    let again: () => Audit;
    let plant: () => Promise<void>;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      ({ audit, again, plant, dispose } = await make());
    });

    afterEach(() => dispose());

    async function read(range?: AuditRange): Promise<readonly AuditEntry[]> {
      const entries: AuditEntry[] = [];
      for await (const entry of audit.entries(range)) entries.push(entry);
      return entries;
    }

    it("is empty at first", async () => {
      expect(await read()).toEqual([]);
    });

    it("returns everything about an entry, also to another process", async () => {
      const full: AuditEntry = {
        id: "1",
        at: march,
        action: "model.promoted",
        who: "Zoë",
        from: "laptop",
        target: "20260301T000000Z-1",
        reason: 'Better on "new" users;\nsee the report',
        count: 2,
        details: { previous: "v1", auc: 0.83, asked: true },
      };
      await audit.append(full);
      expect(await read()).toEqual([full]);
      audit = again();
      expect(await read()).toEqual([full]);
    });

    it("stores an entry of which little is known", async () => {
      await audit.append(entry("1", march));
      expect(await read()).toEqual([entry("1", march)]);
    });

    it("lists the newest first, across months", async () => {
      const april = march + 40 * day;
      for (const at of [march + 5, april, march]) await audit.append(entry(`at ${at}`, at));
      expect((await read()).map(({ at }) => at)).toEqual([april, march + 5, march]);
    });

    it("keeps the first of two entries with the same id", async () => {
      await audit.append(entry("1", march));
      await audit.append({ ...entry("1", march), who: "someone else" });
      expect(await read()).toEqual([entry("1", march)]);
    });

    it("finds entries by time, from the first moment to before the last", async () => {
      for (const at of [1, 2, 3, 4]) await audit.append(entry(`${at}`, march + at));
      expect((await read({ from: march + 2, to: march + 4 })).map(({ id }) => id)).toEqual(["3", "2"]);
    });

    it("finds entries by action, and all of a kind", async () => {
      const actions = ["key.created", "key.revoked", "keys.other", "model.promoted"];
      for (const [i, action] of actions.entries()) await audit.append({ ...entry(`${i}`, march + i), action });
      expect((await read({ action: "key" })).map(({ action }) => action)).toEqual(["key.revoked", "key.created"]);
      expect((await read({ action: "key.created" })).map(({ id }) => id)).toEqual(["0"]);
    });

    it("takes entries of several writers at the same time, whole", async () => {
      const writers = [audit, again(), again()];
      const all = Array.from({ length: 60 }, (_, i) => entry(`${i}`, march + i));
      await Promise.all(all.map((one, i) => writers[i % writers.length]?.append(one)));
      expect(await read()).toEqual(all.toReversed());
    });

    it("leaves out entries that cannot be read, and tells how many and where, also who reads only the first", async () => {
      for (const at of [1, 2]) await audit.append(entry(`${at}`, march + at));
      await plant();
      await plant();
      await audit.append(entry("3", march + 3));
      const told: UnreadableDocuments[] = [];
      const onUnreadable = (left: UnreadableDocuments) => void told.push(left);
      expect((await read({ onUnreadable })).map(({ id }) => id)).toEqual(["3", "2", "1"]);
      expect(told).toMatchObject([{ purpose: "read the audit", documents: 2 }]);
      expect(new Set(told[0]?.named.map(unreadableName)).size).toBe(2);
      for await (const _ of audit.entries({ onUnreadable })) break;
      expect(told).toHaveLength(2);
    });

    it("tells of nothing where all can be read", async () => {
      await audit.append(entry("1", march));
      const onUnreadable = () => expect.unreachable();
      expect(await read({ onUnreadable })).toHaveLength(1);
    });

    it("refuses an entry that makes no sense, and adds nothing", async () => {
      const wrong = [{ action: "promoted" }, { who: "" }, { at: -1 }, { reason: "x".repeat(1_001) }, { count: 0 }];
      for (const fields of wrong)
        await expect(audit.append({ ...entry("1", march), ...fields })).rejects.toMatchObject({ kind: "invalid" });
      expect(await read()).toEqual([]);
    });
  });
}

const day = 86_400_000;
const march = Date.UTC(2026, 2, 1);

function entry(id: string, at: number): AuditEntry {
  return { id, at, action: "users.erased", who: "ana", from: "laptop" };
}
