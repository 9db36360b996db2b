import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import type { Score } from "#churn/score.ts";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import type { FeatureRow, FeatureSet, FeatureStore } from "./feature-store.ts";

export interface OpenFeatureStore {
  readonly store: FeatureStore;
  /** Closes the store and opens what it stored. */
  reopen(): Promise<FeatureStore>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every FeatureStore must do; `open` returns an empty one. */
export function describeFeatureStore(name: string, open: () => Promise<OpenFeatureStore>): void {
  describe(`${name} as a feature store`, () => {
    let opened: OpenFeatureStore;
    let store: FeatureStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect([await store.currentSet(), await store.latestSet()]).toEqual([undefined, undefined]);
      expect(await store.get(["ann"])).toEqual(new Map());
      expect(await store.get([])).toEqual(new Map());
      expect(await rowsOf(store, "none")).toEqual([]);
      expect(await store.topScores(10)).toEqual([]);
      expect(await store.lastScoring()).toBe(0);
      expect(await store.prune("none")).toBe(0);
      expect(await store.countUsers("none")).toEqual({ here: 0, lapsed: 0 });
      await store.completeSet("none");
      expect(await store.currentSet()).toBeUndefined();
      await store.dropScores(["ann"]);
      await store.dropScores([]);
      expect(await store.erase(["ann"])).toEqual({ features: 0, scores: 0 });
      await store.putScores([]);
    });

    it("makes the set put last the current one when it is complete, even if it was current before", async () => {
      await store.putSet(april);
      expect(await store.currentSet()).toBeUndefined();
      await store.completeSet("april");
      await store.putSet(may);
      expect([await store.currentSet(), await store.latestSet()]).toEqual([april, may]);
      await store.completeSet("may");
      await store.completeSet("may");
      expect(await store.currentSet()).toEqual(may);
      await store.putSet(april);
      expect(await store.currentSet()).toEqual(may);
      await store.completeSet("april");
      expect(await store.currentSet()).toEqual(april);
      store = await opened.reopen();
      expect(await store.currentSet()).toEqual(april);
    });

    it("keeps a set current while it is put again, and however many that are never completed follow it", async () => {
      await store.putSet(april);
      await store.completeSet("april");
      await store.put("april", [row("ann", 1, 1)]);
      await store.putSet(april);
      expect(await store.currentSet()).toEqual(april);
      for (let i = 0; i < 12; i++) await store.putSet({ ...may, id: `set-${i}` });
      expect(await store.currentSet()).toEqual(april);
      expect((await store.get(["ann"])).get("ann")).toEqual({ ...row("ann", 1, 1), set: april });
    });

    it("leaves the newer set current when an older one is completed late", async () => {
      await store.putSet(april);
      await store.putSet(may);
      await store.completeSet("may");
      await store.completeSet("april");
      expect(await store.currentSet()).toEqual(may);
    });

    it("streams and prunes by ranges of buckets", async () => {
      const users = Array.from({ length: 300 }, (_, i) => `user-${i}`);
      const [some, others] = [
        users.filter((userId) => bucketOf(userId) < 64),
        users.filter((userId) => bucketOf(userId) >= 64),
      ];
      await store.putSet(april);
      await store.put(
        "april",
        users.map((userId) => row(userId, 1, 1)),
      );
      await store.putScores(users.map((userId) => score(userId, 0.5)));
      const [first, rest] = [{ beforeBucket: 64 }, { fromBucket: 64, beforeBucket: 256 }];
      expect((await rowsOf(store, "april", first)).map(({ userId }) => userId)).toEqual(some.toSorted(byBytes));
      expect((await rowsOf(store, "april", rest)).map(({ userId }) => userId)).toEqual(others.toSorted(byBytes));
      await store.putSet(may);
      const left = { some: some.slice(1, 20), others: others.slice(0, 40) };
      await store.put("may", [row(some[0]!, 2, 2), ...[...left.some, ...left.others].map((id) => lapsed(id, 19_700))]);
      for (const [range, expected] of [
        [first, left.some],
        [rest, left.others],
      ] as const) {
        const found: string[] = [];
        for await (const { userId } of store.lapsedRows("may", range)) found.push(userId);
        expect(found).toEqual(expected.toSorted(byBucketAndBytes));
      }
      // All users of these buckets but the one who is here.
      expect(await store.prune("may", first)).toBe(some.length - 1);
      expect((await rowsOf(store, "april")).map(({ userId }) => userId)).toEqual(others.slice(40).toSorted(byBytes));
      expect(await store.topScores(1_000)).toHaveLength(others.length + 1);
      expect(await store.prune("may", rest)).toBe(others.length);
      expect((await store.topScores(10)).map(({ userId }) => userId)).toEqual([some[0]]);
    });

    it("returns the values of each user exactly, with their set", async () => {
      const values = [0, -0.1 + 0.3, 1e-300, Number.MAX_SAFE_INTEGER, -7.25];
      const set = { ...april, names: values.map((_, i) => `f${i}`) };
      await store.putSet(set);
      await store.put(set.id, [row("ann", ...values)]);
      const expected = { ...row("ann", ...values), set };
      expect(await store.get(["ben", "ann", "ann"])).toEqual(new Map([["ann", expected]]));
      store = await opened.reopen();
      expect((await store.get(["ann"])).get("ann")).toEqual(expected);
    });

    it("replaces a user's row, and tells which set each one belongs to", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 2), row("ben", 3, 4)]);
      await store.put("april", [row("ann", 5, 6)]);
      await store.putSet(may);
      await store.put("may", [row("ben", 7, 8)]);
      const found = await store.get(["ann", "ben"]);
      expect(found.get("ann")).toEqual({ ...row("ann", 5, 6), set: april });
      expect(found.get("ben")).toEqual({ ...row("ben", 7, 8), set: may });
      expect(await rowsOf(store, "april")).toEqual([row("ann", 5, 6)]);
      expect(await rowsOf(store, "may")).toEqual([row("ben", 7, 8)]);
    });

    it("takes the last of several rows of one user", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 1), row("ben", 2, 2), row("ann", 3, 3)]);
      expect(await rowsOf(store, "april")).toEqual([row("ann", 3, 3), row("ben", 2, 2)]);
    });

    it("refuses rows that do not fit their set, and keeps what it had", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 2)]);
      await expect(store.put("june", [row("ann", 3, 4)])).rejects.toThrow(NotFound);
      await expect(store.put("april", [row("ann", 3, 4), row("ben", 1)])).rejects.toThrow(InvalidInput);
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY])
        await expect(store.put("april", [row("ann", 3, 4), row("ben", 1, wrong)])).rejects.toThrow("days_since_last");
      expect(await rowsOf(store, "april")).toEqual([row("ann", 1, 2)]);
    });

    it("refuses rows that do not tell where the user stands, or have values of one who has lapsed", async () => {
      await store.putSet(april);
      for (const wrong of [
        { ...row("ann", 1, 2), lapsed: [] },
        { ...row("ann", 1, 2), lapsed: [null, null] },
        { ...row("ann", 1, 2), lapsed: [19_000] },
        { ...row("ann"), lapsed: [null] },
      ])
        await expect(store.put("april", [wrong])).rejects.toThrow(InvalidInput);
      expect(await store.get(["ann"])).toEqual(new Map());
    });

    it("keeps since when users have lapsed, without values, and counts them", async () => {
      const both = {
        ...april,
        id: "both",
        populations: [...april.populations, { ...april.definition.churn, churnDays: 60 }],
      };
      const rows = [
        { userId: "ann", lapsed: [null, null], values: [1, 2] },
        { userId: "ben", lapsed: [19_800, null], values: [3, 4] },
        { userId: "cy", lapsed: [19_700, 19_730], values: [] },
        { userId: "dee", lapsed: [-400, -370], values: [] },
      ];
      await store.putSet(both);
      await store.put("both", rows);
      store = await opened.reopen();
      const found = await store.get(["ann", "ben", "cy", "dee", "eve"]);
      expect([...found.values()]).toEqual(expect.arrayContaining(rows.map((each) => ({ ...each, set: both }))));
      expect(found.size).toBe(4);
      expect(await rowsOf(store, "both")).toEqual(rows.slice(0, 2));
      const lapsedRows: FeatureRow[] = [];
      for await (const each of store.lapsedRows("both")) lapsedRows.push(each);
      expect(lapsedRows).toEqual(rows.slice(2).toSorted((a, b) => byBucketAndBytes(a.userId, b.userId)));
      expect(await store.countUsers("both")).toEqual({ here: 2, lapsed: 2 });
      expect(await store.erase(["dee"])).toEqual({ features: 1, scores: 0 });
      expect(await store.countUsers("both")).toEqual({ here: 2, lapsed: 1 });
    });

    it("finds few and many users at once, odd ids among them", async () => {
      await store.putSet(april);
      const users = [...Array.from({ length: 3000 }, (_, i) => `user-${i}`), ...oddUserIds];
      await store.put(
        "april",
        users.map((userId, i) => row(userId, i, -i)),
      );
      for (const asked of [["user-17"], oddUserIds, users.slice(100, 120), users.slice(500, 1500)]) {
        const found = await store.get([...asked, "nobody"]);
        expect([...found.keys()].sort()).toEqual(asked.toSorted());
        for (const userId of asked) expect(found.get(userId)?.values[0]).toBe(users.indexOf(userId));
      }
      const streamed = await rowsOf(store, "april");
      expect(streamed.map(({ userId }) => userId)).toEqual(users.toSorted(byBytes));
    });

    it("lets a reader see whole rows while they are replaced", async () => {
      await store.putSet(april);
      const users = Array.from({ length: 200 }, (_, i) => `user-${i}`);
      const version = (n: number) => users.map((userId) => row(userId, n, n));
      await store.put("april", version(0));
      const reads = Array.from({ length: 10 }, () => store.get(users));
      await store.put("april", version(1));
      await store.put("april", version(2));
      for (const found of await Promise.all(reads)) {
        expect(found.size).toBe(200);
        for (const { values } of found.values()) expect(values[0]).toBe(values[1]);
      }
      expect(new Set((await rowsOf(store, "april")).map(({ values }) => values[0]))).toEqual(new Set([2]));
    });

    it("has another revision once a set was put, its rows were written or users were erased, and the same until then", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 2), row("ben", 3, 4)]);
      await store.prune("april");
      await store.completeSet("april");
      const settled = await store.revision();
      expect(settled.isSettled).toBe(true);
      await store.get(["ann", "nobody"]);
      await store.currentSet();
      await store.putScores([score("ann", 0.5)]);
      expect(await store.revision()).toEqual(settled);
      const seen = [settled.id];
      for (const change of [
        () => store.erase(["ann"]),
        () => store.erase(["ann"]),
        () => store.putSet(april),
        () => store.putSet(may),
      ]) {
        await change();
        seen.push((await store.revision()).id);
      }
      expect(new Set(seen).size).toBe(seen.length);
      const before = await store.revision();
      await store.put("may", [row("ben", 5, 6)]);
      const after = await store.revision();
      // A reader keeps nothing of a revision that is not settled.
      expect(before.isSettled && before.id === after.id).toBe(false);
      await store.prune("may");
      await store.completeSet("may");
      const end = await store.revision();
      expect(end.isSettled).toBe(true);
      expect(seen).not.toContain(end.id);
    });

    it("keeps the latest score of each user, and lists those most at risk first", async () => {
      await store.putScores([score("ann", 0.2), score("ben", 0.9), score("cy", 0.5), score("🦆", 0.5)]);
      await store.putScores([score("ann", 0.7), score("dee", 0.1), score("dee", 0.5)]);
      const expected = [score("ben", 0.9), score("ann", 0.7), score("cy", 0.5), score("dee", 0.5), score("🦆", 0.5)];
      expect(await store.topScores(10)).toEqual(expected);
      expect(await store.topScores(2)).toEqual(expected.slice(0, 2));
      store = await opened.reopen();
      expect(await store.topScores(10)).toEqual(expected);
    });

    it("tells the greatest number of a run that scores were written with", async () => {
      const number = 1_700_000_000_000;
      await store.putScores([score("ann", 0.1)], number);
      await store.putScores([score("ben", 0.2)], number + 5);
      await store.putScores([score("cy", 0.3)], number + 2);
      await store.putScores([score("dee", 0.4)]);
      expect(await store.lastScoring()).toBe(number + 5);
      store = await opened.reopen();
      expect(await store.lastScoring()).toBe(number + 5);
    });

    it("drops users who are not in the current set, with their scores", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 1), row("ben", 2, 2), row("cy", 3, 3)]);
      await store.putScores([score("ann", 0.1), score("ben", 0.2), score("gone", 0.9)]);
      await store.putSet(may);
      await store.put("may", [row("ann", 4, 4)]);
      expect(await store.prune("may")).toBe(3);
      expect(await store.prune("may")).toBe(0);
      expect([...(await store.get(["ann", "ben", "cy"])).keys()]).toEqual(["ann"]);
      expect((await store.topScores(10)).map(({ userId }) => userId)).toEqual(["ann"]);
      expect(await rowsOf(store, "april")).toEqual([]);
    });

    it("drops the scores of users who have lapsed since, and keeps their rows", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 1), row("ben", 2, 2)]);
      await store.putScores([score("ann", 0.1), score("ben", 0.2)]);
      await store.putSet(may);
      await store.put("may", [row("ann", 4, 4), lapsed("ben", 19_840), lapsed("cy", 19_700)]);
      expect(await store.prune("may")).toBe(1);
      expect(await store.prune("may")).toBe(0);
      expect((await store.topScores(10)).map(({ userId }) => userId)).toEqual(["ann"]);
      expect((await store.get(["ben"])).get("ben")).toEqual({ ...lapsed("ben", 19_840), set: may });
      expect(await store.countUsers("may")).toEqual({ here: 1, lapsed: 2 });
    });

    it("drops the scores of given users", async () => {
      await store.putScores([score("ann", 0.1), score("ben", 0.2), score("🦆", 0.3)]);
      await store.dropScores(["ann", "🦆", "nobody", "ann"]);
      expect((await store.topScores(10)).map(({ userId }) => userId)).toEqual(["ben"]);
    });

    it("keeps what a later run wrote when an earlier one is still writing", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 1)]);
      await store.putSet(may);
      await store.put("may", [row("ann", 2, 2), row("cy", 2, 2)]);
      await store.put("april", [row("ann", 3, 3), row("ben", 3, 3), row("cy", 3, 3)]);
      await store.putScores([score("ann", 0.1), score("ben", 0.2)]);
      // The earlier run ends, and must leave rows that the later one has not yet rewritten.
      expect(await store.prune("april")).toBe(0);
      expect(await rowsOf(store, "may")).toEqual([row("ann", 2, 2), row("cy", 2, 2)]);
      expect(await rowsOf(store, "april")).toEqual([row("ben", 3, 3)]);
      await store.put("may", [row("ben", 4, 4)]);
      expect(await store.prune("may")).toBe(0);
      expect((await store.topScores(10)).map(({ userId }) => userId)).toEqual(["ben", "ann"]);
    });

    it("takes the set of the run with the greater number for the later, although the other was put after it", async () => {
      const { number, next } = { number: 1_700_000_000_000, next: 1_700_000_000_001 };
      await store.putSet(may, next);
      await store.put("may", [row("ann", 2, 2)]);
      await store.putSet(april, number);
      await store.put("april", [row("ann", 1, 1), row("ben", 1, 1)]);
      expect((await store.get(["ann", "ben"])).get("ann")).toEqual({ ...row("ann", 2, 2), set: may });
      expect(await store.prune("april")).toBe(0);
      await store.completeSet("may");
      await store.completeSet("april");
      expect(await store.currentSet()).toEqual(may);
      // A run that is repeated keeps its place.
      await store.putSet(april, number);
      await store.put("april", [row("ann", 3, 3)]);
      expect((await store.get(["ann"])).get("ann")?.set).toEqual(may);
      expect(await store.prune("may")).toBe(1);
      store = await opened.reopen();
      expect(await store.currentSet()).toEqual(may);
      await store.putSet(june, next + 1);
      await store.completeSet("june");
      expect(await store.currentSet()).toEqual(june);
    });

    it("tells the greatest number of a set, in whichever order they were put", async () => {
      expect(await store.lastNumber()).toBe(0);
      await store.putSet(april, 2_000_000_000_007);
      await store.putSet(may, 2_000_000_000_003);
      expect(await store.lastNumber()).toBe(2_000_000_000_007);
      await store.putSet(may);
      expect(await store.lastNumber()).toBeGreaterThan(2_000_000_000_007);
    });

    it("lets a run end that another one has completely overtaken", async () => {
      await store.putSet(april);
      await store.putSet(may);
      await store.put("may", [row("ann", 2, 2)]);
      await store.prune("may");
      await store.put("april", [row("ann", 1, 1), row("ben", 1, 1)]);
      expect((await store.get(["ann", "ben"])).get("ann")?.set).toEqual(may);
      expect(await store.prune("april")).toBe(0);
      expect(await store.prune("may")).toBe(1);
      expect([...(await store.get(["ann", "ben"])).keys()]).toEqual(["ann"]);
    });

    it("returns to the rows of an earlier set that is put again", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 1)]);
      await store.putSet(may);
      await store.put("may", [row("ann", 2, 2), row("ben", 2, 2)]);
      await store.putSet(april);
      await store.put("april", [row("ann", 3, 3)]);
      await store.put("may", [row("ann", 4, 4)]);
      expect(await store.prune("april")).toBe(1);
      expect(await rowsOf(store, "april")).toEqual([row("ann", 3, 3)]);
      expect(await rowsOf(store, "may")).toEqual([]);
    });

    it("knows each set, however many are put", async () => {
      const sets = Array.from({ length: 15 }, (_, i) => ({ ...april, id: `set-${i}`, snapshot: april.snapshot + i }));
      for (const set of sets) {
        await store.putSet(set);
        await store.put(set.id, [row("ann", set.snapshot, 0), row(set.id, 1, 1)]);
        expect((await store.get(["ann"])).get("ann")).toEqual({ ...row("ann", set.snapshot, 0), set });
      }
      await store.completeSet("set-14");
      expect(await store.currentSet()).toEqual(sets.at(-1));
      expect(await store.prune("set-14")).toBe(14);
    });

    it("puts several sets at a time, one of which is current afterwards", async () => {
      const sets = Array.from({ length: 8 }, (_, i) => ({ ...april, id: `set-${i}` }));
      await Promise.all(
        sets.map(async (set) => {
          await store.putSet(set);
          await store.completeSet(set.id);
        }),
      );
      expect(sets).toContainEqual(await store.currentSet());
      await Promise.all(sets.map(({ id }) => store.put(id, [row(id, 1, 1)])));
      expect((await store.get(sets.map(({ id }) => id))).size).toBe(8);
    });

    it("erases users from features and scores, and no others", async () => {
      await store.putSet(april);
      await store.put("april", [row("ann", 1, 1), row("ben", 2, 2), row("🦆", 3, 3)]);
      await store.putScores([score("ann", 0.1), score("ben", 0.2), score("gone", 0.9)]);
      expect(await store.erase(["ann", "gone", "🦆", "nobody", "ann"])).toEqual({ features: 2, scores: 2 });
      expect(await store.erase(["ann", "gone", "🦆"])).toEqual({ features: 0, scores: 0 });
      expect(await store.erase([])).toEqual({ features: 0, scores: 0 });
      expect([...(await store.get(["ann", "ben", "🦆"])).keys()]).toEqual(["ben"]);
      expect(await rowsOf(store, "april")).toEqual([row("ben", 2, 2)]);
      expect((await store.topScores(10)).map(({ userId }) => userId)).toEqual(["ben"]);
      // An erased user who returns is like any other.
      await store.put("april", [row("ann", 5, 5)]);
      await store.putScores([score("ann", 0.3)]);
      expect(await rowsOf(store, "april")).toEqual([row("ann", 5, 5), row("ben", 2, 2)]);
      expect((await store.topScores(1))[0]).toEqual(score("ann", 0.3));
    });
  });
}

const april: FeatureSet = {
  id: "april",
  snapshot: 19_814,
  definition: { churn: { churnDays: 30, leadDays: 0, observeDays: 90 }, actions: ["buy", "ünï"] },
  populations: [{ churnDays: 30, leadDays: 0, observeDays: 90 }],
  names: ["actions_30", "days_since_last"],
};
const may: FeatureSet = { ...april, id: "may", snapshot: 19_844 };
const june: FeatureSet = { ...april, id: "june", snapshot: 19_875 };

/** A user who is here. */
function row(userId: string, ...values: number[]): FeatureRow {
  return { userId, lapsed: [null], values };
}

function lapsed(userId: string, since: number): FeatureRow {
  return { userId, lapsed: [since], values: [] };
}

function score(userId: string, probability: number): Score {
  const reason = {
    feature: "days_since_last",
    value: 40,
    typical: 3.5,
    contribution: 1.25,
    sentence: "“Silent” for 40 days",
  };
  return { userId, snapshot: 19_814, probability, risk: "medium", modelVersion: "v1", reasons: [reason] };
}

async function rowsOf(store: FeatureStore, setId: string, range?: BucketRange): Promise<FeatureRow[]> {
  const rows: FeatureRow[] = [];
  for await (const found of store.rows(setId, range)) rows.push(found);
  return rows;
}

function byBucketAndBytes(a: string, b: string): number {
  return bucketOf(a) - bucketOf(b) || byBytes(a, b);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
