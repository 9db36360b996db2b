import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { parseDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import type { Night } from "#churn/promises/night.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import type { EntryRange, JudgedEntry, Ledger, LedgerEntry, LedgerOutcome } from "./ledger.ts";

export interface OpenLedger {
  readonly ledger: Ledger;
  /** Closes the ledger and opens what it stored. */
  reopen(): Promise<Ledger>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every Ledger must do; `open` returns an empty one, dated by `now`. */
export function describeLedger(name: string, open: (now: () => number) => Promise<OpenLedger>): void {
  describe(`${name} as a ledger`, () => {
    let opened: OpenLedger;
    let ledger: Ledger;
    let time: number;

    beforeEach(async () => {
      time = 1_000;
      opened = await open(() => time);
      ledger = opened.ledger;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect(await allOf(ledger)).toEqual([]);
      expect(await ledger.batches()).toEqual([]);
      expect(await ledger.firstSnapshot()).toBeUndefined();
      expect(await ledger.entriesOf("ann")).toEqual([]);
      expect(await ledger.lastShown(["ann"], 3)).toEqual(new Map());
      expect(await ledger.lastShown([], 3)).toEqual(new Map());
      expect(await ledger.erase(["ann"])).toEqual({ entries: 0, outcomes: 0 });
      expect(await ledger.erase([])).toEqual({ entries: 0, outcomes: 0 });
      expect(await ledger.dropMonthsBefore(may1)).toEqual({ entries: 0, outcomes: 0 });
      await ledger.append([]);
      await ledger.appendOutcomes([]);
      await ledger.appendNights([]);
      expect(await ledger.nights()).toEqual([]);
    });

    it("keeps nights, the first of each snapshot, version and role", async () => {
      const all = [
        night(march31, "v1"),
        night(april1, "v1", { role: "challenger" }),
        night(april1, "v1", { night: nightOf(0.1 + 0.2) }),
        night(april1, "ü2", { role: "challenger" }),
        night(may1, "ü2"),
      ];
      await ledger.appendNights(all.toReversed());
      await ledger.appendNights([night(april1, "v1", { addedAt: 5, night: nightOf(0.9) })]);
      expect(await ledger.nights()).toEqual(all);
      ledger = await opened.reopen();
      expect(await ledger.nights({ from: april1, before: may1, modelVersion: "v1" })).toEqual(all.slice(1, 3));
      expect(await ledger.nights({ role: "champion" })).toEqual([all[0], all[2], all[4]]);
      await ledger.erase(["ann"]);
      await ledger.dropMonthsBefore(april1 + 20);
      expect(await ledger.nights()).toEqual(all.slice(1));
    });

    it("returns what was added, exactly, also after reopening", async () => {
      const entries = [
        entry("ann", april1, 0.1 + 0.2),
        entry("ben", april1, 0, { arm: "treatment" }),
        entry("cy", april1, 1, { arm: "control", role: "challenger" }),
        lapsed("dee", april1),
      ];
      await ledger.append(entries);
      expect(await allOf(ledger)).toEqual(expected(entries));
      ledger = await opened.reopen();
      expect(await allOf(ledger)).toEqual(expected(entries));
    });

    it("never changes an entry that is there", async () => {
      await ledger.append([entry("ann", april1, 0.2)]);
      time = 2_000;
      await ledger.append([entry("ann", april1, 0.9, { arm: "control" }), entry("ben", april1, 0.5)]);
      await ledger.append([lapsed("ann", april1)]);
      ledger = await opened.reopen();
      await ledger.append([entry("ann", april1, 0.7)]);
      expect(await allOf(ledger)).toEqual(
        expected([
          { ...entry("ann", april1, 0.2), recordedAt: 1_000 },
          { ...entry("ben", april1, 0.5), recordedAt: 2_000 },
        ]),
      );
    });

    it("takes the first of several entries with one identity", async () => {
      await ledger.append([entry("ann", april1, 0.2), entry("ann", april1, 0.3), entry("ben", april1, 0.4)]);
      expect(await allOf(ledger)).toEqual(expected([entry("ann", april1, 0.2), entry("ben", april1, 0.4)]));
    });

    it("adds an entry once when it is added several times at once", async () => {
      const all = Array.from({ length: 50 }, (_, i) => entry(`user-${i}`, april1, i / 50));
      await Promise.all([0, 10, 20].map((from) => ledger.append(all.slice(from))));
      expect(await allOf(ledger)).toEqual(expected(all));
    });

    it("tells snapshots, versions and roles apart", async () => {
      const entries = [
        entry("ann", april1, 0.1),
        entry("ann", april1 + 1, 0.2),
        entry("ann", april1, 0.3, { modelVersion: "v2" }),
        // A version that was promoted during the day is first not shown, and then shown.
        entry("ann", april1, 0.4, { modelVersion: "v2", role: "challenger" }),
      ];
      await ledger.append(entries);
      expect(await allOf(ledger)).toEqual(expected(entries));
      expect(await ledger.entriesOf("ann")).toEqual(expected(entries));
    });

    it("refuses entries that make no sense, and keeps what it had", async () => {
      await ledger.append([entry("ann", april1, 0.1)]);
      const wrong = [
        entry("cy", april1, Number.NaN),
        entry("cy", april1, 1.01),
        entry("cy", april1, -0.01),
        { ...entry("cy", april1, 0.5), probability: undefined },
        { ...lapsed("cy", april1), probability: 0.5 },
      ];
      for (const one of wrong)
        await expect(ledger.append([entry("ben", april1, 0.1), one])).rejects.toThrow(InvalidInput);
      expect(await allOf(ledger)).toEqual(expected([entry("ann", april1, 0.1)]));
    });

    it("joins outcomes, the first of each user, snapshot and version", async () => {
      await ledger.append([
        entry("ann", april1, 0.1),
        entry("ann", april1, 0.2, { role: "challenger" }),
        entry("ann", april1 + 1, 0.3),
        entry("ben", april1, 0.4),
        entry("ben", april1, 0.5, { modelVersion: "v2" }),
      ]);
      await ledger.appendOutcomes([outcome("ann", april1, true), outcome("ann", april1, false)]);
      await ledger.appendOutcomes([
        outcome("ann", april1, false),
        outcome("ben", april1, false),
        // Of which there is no entry, such as of an erased user.
        outcome("cy", april1, true),
      ]);
      const judged = expected([
        { ...entry("ann", april1, 0.1), churned: true },
        { ...entry("ann", april1, 0.2, { role: "challenger" }), churned: true },
        entry("ann", april1 + 1, 0.3),
        { ...entry("ben", april1, 0.4), churned: false },
        entry("ben", april1, 0.5, { modelVersion: "v2" }),
      ]);
      expect(await allOf(ledger)).toEqual(judged);
      ledger = await opened.reopen();
      expect(await allOf(ledger)).toEqual(judged);
      expect(await ledger.entriesOf("ann")).toEqual(judged.filter(({ userId }) => userId === "ann"));
    });

    it("counts entries and outcomes by snapshot and version", async () => {
      await ledger.append([
        ...["ann", "ben", "cy"].map((userId) => entry(userId, april1, 0.5)),
        ...["ann", "ben"].map((userId) => entry(userId, april1, 0.5, { modelVersion: "v2", role: "challenger" })),
        entry("ann", may1, 0.5),
        entry("ann", may1, 0.5, { role: "challenger" }),
      ]);
      await ledger.appendOutcomes([outcome("ann", april1, true), outcome("ben", april1, false)]);
      const [first, second, third] = [
        { snapshot: april1, modelVersion: "v1", entries: { champion: 3, challenger: 0 }, outcomes: 2 },
        { snapshot: april1, modelVersion: "v2", entries: { champion: 0, challenger: 2 }, outcomes: 0 },
        { snapshot: may1, modelVersion: "v1", entries: { champion: 1, challenger: 1 }, outcomes: 0 },
      ];
      expect(await ledger.batches()).toEqual([first, second, third]);
      expect(await ledger.batches({ from: may1 })).toEqual([third]);
      expect(await ledger.batches({ before: may1 })).toEqual([first, second]);
      expect(await ledger.batches({ from: april1 + 1, before: may1 })).toEqual([]);
      expect(await ledger.firstSnapshot()).toBe(april1);
    });

    describe("given many entries of several months", () => {
      const users = [...Array.from({ length: 300 }, (_, i) => `user-${i}`), ...oddUserIds];
      const snapshots = [march31, april1, april1 + 29, may1, may1 + 250];
      const all = snapshots.flatMap((snapshot, k) =>
        users.flatMap((userId, i) => [
          ...(i % 11 === 0 ? [lapsed(userId, snapshot)] : [entry(userId, snapshot, ((i * 7 + k) % 100) / 100)]),
          ...(i % 2 === 0 ? [entry(userId, snapshot, (i % 10) / 10, { modelVersion: "ü2", role: "challenger" })] : []),
        ]),
      );
      const outcomes = all.flatMap(({ userId, snapshot, modelVersion, state }, i) =>
        i % 3 > 0 && state === "here" && snapshot < may1
          ? [{ userId, snapshot, modelVersion, churned: i % 5 === 0 }]
          : [],
      );
      const known = new Map(outcomes.map((one) => [keyOf(one), one.churned]));
      const judged = expected(all.map((one) => ({ ...one, churned: known.get(keyOf(one)) })));

      beforeEach(async () => {
        await ledger.append(all);
        await ledger.appendOutcomes(outcomes);
      });

      it("streams them in order, with their outcomes", async () => {
        expect(await allOf(ledger)).toEqual(judged);
      });

      it("streams what is asked for", async () => {
        const ranges: [EntryRange, (one: JudgedEntry) => boolean][] = [
          [{ from: april1 }, ({ snapshot }) => snapshot >= april1],
          [{ before: april1 }, ({ snapshot }) => snapshot < april1],
          [{ from: april1, before: may1 }, ({ snapshot }) => snapshot >= april1 && snapshot < may1],
          [{ modelVersion: "ü2" }, ({ modelVersion }) => modelVersion === "ü2"],
          [{ role: "champion", before: may1 }, ({ role, snapshot }) => role === "champion" && snapshot < may1],
          [{ modelVersion: "v1", role: "challenger" }, () => false],
          [{ from: may1, before: april1 }, () => false],
          [{ beforeBucket: 9 }, ({ userId }) => bucketOf(userId) < 9],
          [
            { from: april1, role: "champion", fromBucket: 100, beforeBucket: 200 },
            ({ snapshot, role, userId }) =>
              snapshot >= april1 && role === "champion" && bucketOf(userId) >= 100 && bucketOf(userId) < 200,
          ],
        ];
        for (const [range, isIn] of ranges) expect(await allOf(ledger, range)).toEqual(judged.filter(isIn));
      });

      it("can still be used after a stream is abandoned", async () => {
        for await (const one of ledger.entries()) {
          expect(one).toEqual(judged[0]);
          break;
        }
        expect(await ledger.entriesOf("🦆")).toEqual(judged.filter(({ userId }) => userId === "🦆"));
      });

      it("returns what was last shown of several users", async () => {
        const asked = ["user-5", "user-11", ...oddUserIds];
        const found = await ledger.lastShown([...asked, "nobody"], 3);
        expect([...found.keys()].sort()).toEqual(asked.toSorted());
        for (const [userId, entries] of found) {
          const shown = all.filter((one) => one.userId === userId && one.role === "champion");
          expect(entries).toEqual(shown.slice(-3).map((one) => ({ ...absent, ...one, recordedAt: 1_000 })));
        }
        expect((await ledger.lastShown(["user-5"], 100)).get("user-5")).toHaveLength(snapshots.length);
      });

      it("erases users and no others", async () => {
        const erased = new Set(["user-5", "🦆", "ü".repeat(256), "nobody"]);
        const isOf = ({ userId }: { userId: string }) => erased.has(userId);
        expect(await ledger.erase([...erased, "🦆"])).toEqual({
          entries: all.filter(isOf).length,
          outcomes: outcomes.filter(isOf).length,
        });
        expect(await ledger.erase([...erased])).toEqual({ entries: 0, outcomes: 0 });
        expect(await allOf(ledger)).toEqual(judged.filter((one) => !isOf(one)));
        expect(await ledger.lastShown([...erased], 3)).toEqual(new Map());
        // An erased user who returns is like any other.
        await ledger.append([entry("🦆", april1, 0.9)]);
        expect(await ledger.entriesOf("🦆")).toEqual(expected([entry("🦆", april1, 0.9)]));
      });

      it("drops whole months of snapshots, with their outcomes", async () => {
        const isBefore = (day: number) => (one: { snapshot: number }) => one.snapshot < day;
        const dropped = {
          entries: all.filter(isBefore(april1)).length,
          outcomes: outcomes.filter(isBefore(april1)).length,
        };
        // A day within April keeps all of April.
        expect(await ledger.dropMonthsBefore(april1 + 20)).toEqual(dropped);
        expect(await allOf(ledger)).toEqual(judged.filter((one) => one.snapshot >= april1));
        expect(await ledger.dropMonthsBefore(april1)).toEqual({ entries: 0, outcomes: 0 });
        expect((await ledger.batches())[0]?.snapshot).toBe(april1);
      });
    });

    it("shows of each snapshot the list that was made last", async () => {
      await ledger.append([entry("ann", april1, 0.1)]);
      time = 2_000;
      await ledger.append([entry("ann", april1, 0.2, { modelVersion: "v2" })]);
      time = 3_000;
      await ledger.append([
        entry("ann", april1, 0.3, { modelVersion: "v0" }),
        entry("ann", april1, 0.9, { modelVersion: "v3", role: "challenger" }),
        lapsed("ann", april1 + 1),
      ]);
      const shown = (await ledger.lastShown(["ann"], 5)).get("ann");
      expect(shown?.map(({ snapshot, modelVersion }) => [snapshot, modelVersion])).toEqual([
        [april1, "v0"],
        [april1 + 1, "v1"],
      ]);
    });

    it("adds entries once, however large the batches are", async () => {
      const all = Array.from({ length: 6_000 }, (_, i) => entry(`user-${i % 3_000}`, april1 + (i % 2), i / 6_000));
      for (let from = 0; from < all.length; from += 2_500) await ledger.append(all.slice(from, from + 2_500));
      await ledger.append(all);
      const distinct = expected(all.slice(0, 3_000));
      await ledger.appendOutcomes(distinct.map((one, i) => ({ ...outcome(one.userId, one.snapshot, i % 2 === 0) })));
      expect(await allOf(ledger)).toEqual(distinct.map((one, i) => ({ ...one, churned: i % 2 === 0 })));
      expect((await ledger.batches()).reduce((sum, { entries }) => sum + entries.champion, 0)).toBe(distinct.length);
    });
  });
}

const march31 = parseDay("2024-03-31")!;
const april1 = parseDay("2024-04-01")!;
const may1 = parseDay("2024-05-01")!;

function entry(userId: string, snapshot: number, probability: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return { userId, snapshot, modelVersion: "v1", role: "champion", state: "here", probability, ...changes };
}

function lapsed(userId: string, snapshot: number): LedgerEntry {
  return { userId, snapshot, modelVersion: "v1", role: "champion", state: "lapsed" };
}

function outcome(userId: string, snapshot: number, churned: boolean): LedgerOutcome {
  return { userId, snapshot, modelVersion: "v1", churned };
}

function night(snapshot: number, modelVersion: string, changes: Partial<JudgedNight> = {}): JudgedNight {
  return { snapshot, modelVersion, role: "champion", addedAt: 1_234, night: nightOf(0.3), ...changes };
}

/** A night of two users. */
function nightOf(probability: number): Night {
  const tally = new NightTally();
  tally.add("ann", probability, true, 9);
  tally.add("ben", probability / 2, false, 2);
  return tally.night();
}

function keyOf({ userId, snapshot, modelVersion }: Omit<LedgerOutcome, "churned">): string {
  return JSON.stringify([userId, snapshot, modelVersion]);
}

const absent = { probability: undefined, arm: undefined };

/** The entries as they are read, in the order of Ledger.entries. */
function expected(entries: readonly (LedgerEntry & { recordedAt?: number; churned?: boolean | undefined })[]) {
  const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return entries
    .map((one) => ({ ...absent, churned: undefined, recordedAt: 1_000, ...one }))
    .sort(
      (a, b) =>
        a.snapshot - b.snapshot ||
        bucketOf(a.userId) - bucketOf(b.userId) ||
        bytes(a.userId, b.userId) ||
        bytes(a.modelVersion, b.modelVersion) ||
        bytes(a.role, b.role),
    );
}

async function allOf(ledger: Ledger, range?: EntryRange): Promise<JudgedEntry[]> {
  const found: JudgedEntry[] = [];
  for await (const one of ledger.entries(range)) found.push(one);
  return found;
}
