import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isUnderWay } from "./progress.ts";
import type { NewRun, Run, RunStore } from "./run-store.ts";

export interface OpenRunStore {
  readonly store: RunStore;
  /** What another process works with; the same store where there can be one process only. */
  readonly other: RunStore;
  /** Closes the store and opens what it stored. */
  reopen(): Promise<RunStore>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every RunStore must do; `open` returns an empty one whose clock shows `now()`. */
export function describeRunStore(name: string, open: (now: () => number) => Promise<OpenRunStore>): void {
  describe(`${name} as a run store`, () => {
    let opened: OpenRunStore;
    let store: RunStore;
    let now: number;

    beforeEach(async () => {
      now = 1_700_000_000_000;
      opened = await open(() => now);
      store = opened.store;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect(await store.newest("features")).toBeUndefined();
      expect(await store.endSlice("features", "none", 0, {})).toBeUndefined();
    });

    it("keeps what was planned, for each job apart", async () => {
      const plan = { set: "april", versions: ["ünï", null], nested: { days: [19_814] } };
      const run = await store.begin("features", { ...night("a"), plan });
      expect(run).toEqual({ ...night("a"), plan, number: now, progressedAt: now, ended: [] });
      store = await opened.reopen();
      expect(await store.newest("features")).toEqual(run);
      expect(await store.newest("score")).toBeUndefined();
    });

    it("returns the run that is there when it is begun again, whatever is planned then", async () => {
      const first = await store.begin("score", night("a"));
      now += 500;
      await store.endSlice("score", "a", 1, { users: 3 });
      now += 500;
      const again = await store.begin("score", { ...night("a", 8), plan: "other" });
      expect(again).toEqual({ ...first, progressedAt: now - 500, ended: [{ slice: 1, counts: { users: 3 } }] });
    });

    it("tells when a run has gone on, by which one that was abandoned is known", async () => {
      const begun = await store.begin("features", night("a"), now + 86_400_000);
      const [minute, began] = [60_000, now];
      const underWay = async () => isUnderWay((await store.newest("features"))!, now);
      expect(begun?.progressedAt).toBe(began);
      now = began + 19 * minute;
      expect(await underWay()).toBe(true);
      await store.endSlice("features", "a", 2, {});
      now = began + 38 * minute;
      expect(await underWay()).toBe(true);
      // To end a slice again is no progress.
      await store.endSlice("features", "a", 2, {});
      now = began + 39 * minute;
      expect(await underWay()).toBe(false);
      for (const slice of [0, 1, 3]) await store.endSlice("features", "a", slice, {});
      expect(await underWay()).toBe(false);
    });

    it("numbers runs in the order in which they begin, by the clock or beyond it", async () => {
      const numbers: (number | undefined)[] = [];
      for (const [id, clock] of [
        ["a", 0],
        ["b", 0],
        ["c", -5_000],
        ["d", 5_000],
      ] as const) {
        now = 1_700_000_000_000 + clock;
        numbers.push((await store.begin("score", night(id)))?.number);
      }
      const first = 1_700_000_000_000;
      expect(numbers).toEqual([first, first + 1, first + 2, first + 5_000]);
    });

    it("numbers a run beyond what its job had written before, and the next ones after it", async () => {
      expect((await store.begin("features", night("a"), now + 7_000))?.number).toBe(now + 7_001);
      expect((await store.begin("features", night("b"), now + 5_000))?.number).toBe(now + 7_002);
      expect((await store.begin("score", night("a"), now - 7_000))?.number).toBe(now);
      // It is the run that it was.
      expect((await store.begin("features", night("a"), now + 9_000))?.number).toBe(now + 7_001);
    });

    it("does not begin a run as of a time before that of the newest", async () => {
      await store.begin("features", { ...night("today"), asOf: 2_000 });
      expect(await store.begin("features", { ...night("late"), asOf: 1_999 })).toBeUndefined();
      expect((await store.newest("features"))?.id).toBe("today");
      expect(await store.begin("features", { ...night("again"), asOf: 2_000 })).toMatchObject({ id: "again" });
      expect(await store.begin("features", { ...night("tomorrow"), asOf: 3_000 })).toMatchObject({ id: "tomorrow" });
    });

    it("lets no run that is as of the future, by a clock that was ahead, keep others from beginning", async () => {
      await store.begin("features", { ...night("of 2036"), asOf: now + 315_360_000_000 });
      expect(await store.begin("features", { ...night("today"), asOf: now })).toMatchObject({ id: "today" });
      expect((await store.newest("features"))?.id).toBe("today");
    });

    it("tells exactly one slice that it was the last, also when its end is noted again", async () => {
      await store.begin("features", night("a"));
      const counts = { here: 2, lapsed: 1 };
      for (const slice of [2, 0, 1])
        expect((await store.endSlice("features", "a", slice, counts))?.lastSlice).toBeUndefined();
      expect((await store.endSlice("features", "a", 3, counts))?.lastSlice).toBe(3);
      for (const slice of [1, 3]) {
        const run = await store.endSlice("features", "a", slice, { here: 99 });
        expect(run?.lastSlice).toBe(3);
        expect(run?.ended.map((ended) => ended.counts)).toEqual([counts, counts, counts, counts]);
      }
    });

    it("tells one only when all end at the same time, in several processes", async () => {
      const { other } = opened;
      const slices = 32;
      await store.begin("score", night("a", slices));
      const runs = await Promise.all(
        Array.from({ length: slices }, (_, slice) =>
          (slice % 2 === 0 ? store : other).endSlice("score", "a", slice, { users: slice }),
        ),
      );
      const last = runs.filter((run, slice) => run?.lastSlice === slice);
      expect(last).toHaveLength(1);
      expect(runs.filter((run) => run?.lastSlice !== undefined)).toHaveLength(1);
      expect(sumOf(last[0])).toBe((slices * (slices - 1)) / 2);
      expect(await other.newest("score")).toEqual(last[0]);
    });

    it("notes nothing of a run after a newer one has begun", async () => {
      await store.begin("features", night("a"));
      await store.endSlice("features", "a", 0, {});
      const newer = await store.begin("features", night("b"));
      expect(await store.endSlice("features", "a", 1, {})).toBeUndefined();
      expect(await store.newest("features")).toEqual(newer);
      // The run is known still, so that what asked for it does not begin it again.
      expect((await store.begin("features", night("a")))?.ended).toEqual([{ slice: 0, counts: {} }]);
      expect((await store.newest("features"))?.id).toBe("b");
    });

    it("begins one run when several processes begin it at the same time", async () => {
      const { other } = opened;
      const begun = await Promise.all([store, other, store, other].map((each) => each.begin("features", night("a"))));
      expect(new Set(begun.map((run) => run?.number)).size).toBe(1);
    });

    it("forgets all but the last runs", async () => {
      for (let i = 0; i < 8; i++) await store.begin("features", night(`${i}`));
      expect((await store.newest("features"))?.id).toBe("7");
      // Begun again, it would be the newest.
      expect((await store.begin("features", night("3")))?.number).toBeLessThan(
        (await store.newest("features"))?.number ?? 0,
      );
      expect(await store.begin("features", night("1"))).toEqual(await store.newest("features"));
    });
  });
}

function night(id: string, slices = 4): NewRun {
  return { id, slices, plan: null };
}

function sumOf(run: Run | undefined): number {
  return (run?.ended ?? []).reduce((sum, { counts }) => sum + (counts.users ?? 0), 0);
}
