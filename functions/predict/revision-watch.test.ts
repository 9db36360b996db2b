import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "#stores/failures.ts";
import type { FeatureRevision } from "#stores/features/feature-store.ts";
import { RevisionWatch } from "./revision-watch.ts";

/** A watch of a store that is asked by hand: looks at most a second old, and a minute without the store. */
function watched(options: { milliseconds?: number; patience?: number; firstPatience?: number } = {}) {
  const state = { now: 0, looks: 0, isAway: false, isHanging: false, revision: { id: "1", isSettled: true } };
  const store = {
    async revision(): Promise<FeatureRevision> {
      state.looks += 1;
      if (state.isHanging) return new Promise(() => undefined);
      if (state.isAway) throw new StoreUnavailable("away");
      return state.revision;
    },
  };
  const watch = new RevisionWatch({
    store,
    milliseconds: 1_000,
    longestWithout: 60_000,
    clock: () => state.now,
    ...options,
  });
  return { state, watch };
}

describe("RevisionWatch", () => {
  it("looks before the first use, and not again within half of the time", async () => {
    const { state, watch } = watched();
    expect(watch.revision).toBeUndefined();
    await watch.confirm();
    expect(watch.revision).toBe("1");
    state.now = 499;
    expect(watch.confirm()).toBeUndefined();
    expect(state.looks).toBe(1);
  });

  it("looks again in time, so that nobody waits for it in a steady flow", async () => {
    const { state, watch } = watched();
    await watch.confirm();
    state.revision = { id: "2", isSettled: true };
    state.now = 600;
    expect(watch.confirm()).toBeUndefined();
    expect(watch.confirm()).toBeUndefined();
    await new Promise(setImmediate);
    expect([state.looks, watch.revision]).toEqual([2, "2"]);
  });

  it("has those wait for one look together who come after a pause", async () => {
    const { state, watch } = watched();
    await watch.confirm();
    state.now = 5_000;
    state.revision = { id: "2", isSettled: true };
    const waiting = [watch.confirm(), watch.confirm()];
    expect(waiting).not.toContain(undefined);
    await Promise.all(waiting);
    expect([state.looks, watch.revision]).toEqual([2, "2"]);
  });

  it("has another revision once a minute while rows are being written, and at once when a run begins or ends", async () => {
    const { state, watch } = watched();
    const seen: (string | undefined)[] = [];
    const lookAt = async (now: number, id: string, isSettled: boolean) => {
      state.now = now;
      state.revision = { id, isSettled };
      await watch.confirm();
      if (seen.at(-1) !== watch.revision) seen.push(watch.revision);
      return seen.length;
    };
    expect(await lookAt(0, "1", true)).toBe(1);
    for (let now = 1_000; now < 61_000; now += 1_000) expect(await lookAt(now, "2", false)).toBe(2);
    for (let now = 61_000; now < 90_000; now += 1_000) expect(await lookAt(now, "2", false)).toBe(3);
    expect(await lookAt(90_000, "3", false)).toBe(4);
    expect(await lookAt(91_000, "4", true)).toBe(5);
    expect(seen.at(-1)).toBe("4");
  });

  it("does without the store for a minute, and after that fails as the store does, until it is back", async () => {
    const { state, watch } = watched();
    await watch.confirm();
    state.isAway = true;
    for (const now of [1_000, 30_000, 59_999]) {
      state.now = now;
      await watch.confirm();
      await new Promise(setImmediate);
      expect(watch.revision).toBe("1");
    }
    state.now = 60_500;
    await expect(watch.confirm()).rejects.toThrow("away");
    state.now = 61_600;
    await expect(watch.confirm()).rejects.toThrow(StoreUnavailable);
    state.isAway = false;
    state.now = 62_700;
    await watch.confirm();
    expect(watch.revision).toBe("1");
  });

  it("asks a store that is away once a second, and holds up nobody meanwhile", async () => {
    const { state, watch } = watched();
    await watch.confirm();
    state.isAway = true;
    state.now = 1_000;
    await watch.confirm();
    for (state.now = 1_100; state.now < 4_100; state.now += 100) {
      expect(watch.confirm()).toBeUndefined();
      await new Promise(setImmediate);
    }
    expect(state.looks).toBe(1 + 4);
  });

  it("waits no longer than it may for a store that does not respond", async () => {
    const { state, watch } = watched({ patience: 20 });
    state.isHanging = true;
    const began = performance.now();
    await expect(watch.confirm()).rejects.toThrow("Could not read the revision of features: no response within 20 ms");
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("waits longer for its first look, as a new pod may have to for its first connection, and for no other", async () => {
    const { state, watch } = watched({ patience: 20, firstPatience: 100 });
    state.isHanging = true;
    await expect(watch.confirm()).rejects.toThrow("no response within 120 ms");
    state.now = 1_000;
    await expect(watch.confirm()).rejects.toThrow("no response within 20 ms");
  });

  it("looks for each request where the store is in this process", async () => {
    const { state, watch } = watched({ milliseconds: 0 });
    await watch.confirm();
    state.revision = { id: "2", isSettled: true };
    await watch.confirm();
    expect([state.looks, watch.revision]).toEqual([2, "2"]);
  });
});
