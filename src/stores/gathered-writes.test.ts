import { AsyncLocalStorage } from "node:async_hooks";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { StoreFull, StoreUnavailable } from "./failures.ts";
import { GatheredWrites, type GatheringOptions } from "./gathered-writes.ts";

describe("writes that are gathered", () => {
  it("go at once while none is under way, and together after it otherwise", async () => {
    const store = new SlowStore();
    const calls = ["a", "b", "c"].map((item) => store.gathered.write([item]));
    expect(store.writes).toEqual([["a"]]);
    store.finish();
    await expect(calls[0]).resolves.toEqual(["stored a"]);
    expect(store.writes).toEqual([["a"], ["b", "c"]]);
    store.finish();
    await expect(Promise.all(calls)).resolves.toEqual([["stored a"], ["stored b"], ["stored c"]]);
  });

  it("are acknowledged only once they are stored", async () => {
    const store = new SlowStore();
    const settled: string[] = [];
    const calls = ["a", "b"].map(async (item) => settled.push(...(await store.gathered.write([item]))));
    await turns();
    expect(settled).toEqual([]);
    store.finish();
    await turns();
    expect(settled).toEqual(["stored a"]);
    store.finish();
    await Promise.all(calls);
  });

  it("give each call the outcomes of its own items, in their order", async () => {
    const store = new SlowStore();
    const calls = [["a"], ["b", "c"], [], ["d", "e", "f"]].map((items) => store.gathered.write(items));
    store.finishAll();
    expect(await Promise.all(calls)).toEqual([
      ["stored a"],
      ["stored b", "stored c"],
      [],
      ["stored d", "stored e", "stored f"],
    ]);
  });

  it("keep to the bounds of items and bytes; a call beyond them goes alone", async () => {
    const store = new SlowStore({ mostItems: 3, mostBytes: 20 });
    const sizes = [["a"], ["b", "c"], ["d", "e"], ["f".repeat(30)], ["g"], ["1", "2", "3", "4"]];
    const calls = sizes.map((items) => store.gathered.write(items));
    store.finishAll();
    await Promise.all(calls);
    expect(store.writes).toEqual(sizes);
  });

  it("go beside others once what waits is enough for a full one", async () => {
    const store = new SlowStore({ mostItems: 2, mostWrites: 3 });
    const calls = ["a", "b", "c", "d", "e", "f", "g"].map((item) => store.gathered.write([item]));
    expect(store.writes).toEqual([["a"], ["b", "c"], ["d", "e"]]);
    store.finishAll();
    await Promise.all(calls);
    expect(store.writes.slice(3)).toEqual([["f", "g"]]);
  });

  it("fail for each call whose items the write held, and for no other", async () => {
    const store = new SlowStore({ mostItems: 2 });
    store.poison = () => true;
    const failing = store.gathered.write(["a"]);
    const [first, second] = [store.gathered.write(["b"]), store.gathered.write(["c"])];
    store.finish(1);
    await expect(failing).rejects.toThrow("cannot store a");
    store.poison = () => false;
    store.finishAll();
    expect(await Promise.all([first, second])).toEqual([["stored b"], ["stored c"]]);
  });

  it("are repeated apart when a mixed one fails, so that one call's items fail no other's", async () => {
    const store = new SlowStore();
    store.poison = (item) => item === "bad";
    const first = store.gathered.write(["first"]);
    const calls = [["a"], ["b", "bad"], ["c"], ["d"], ["e"]].map((items) => store.gathered.write(items));
    store.finishAll();
    await first;
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
    expect(results[1]).toMatchObject({ reason: new Error("cannot store b,bad") });
    expect(await store.gathered.write(["bad"]).catch((error: Error) => error.message)).toBe("cannot store bad");
  });

  it.each([
    new StoreFull("The disk is full."),
    new StoreUnavailable("Could not store letters: these credentials are not known.", { refusesAll: true }),
  ])("are not repeated apart when the store takes nothing at all: %s", async (refusal) => {
    const store = new SlowStore();
    store.refusal = refusal;
    const calls = Array.from({ length: 40 }, (_, n) => store.gathered.write([`${n}`]));
    store.finishAll();
    const results = await Promise.allSettled(calls);
    expect(results.map((result) => result.status === "rejected" && result.reason)).toEqual(calls.map(() => refusal));
    expect(store.writes.map(({ length }) => length)).toEqual([1, 39]);
    store.refusal = undefined;
    expect(await store.gathered.write(["again"])).toEqual(["stored again"]);
  });

  it("fail, and hold up none that follow, when the write throws at once", async () => {
    let isBroken = true;
    const options = { mostItems: 10, mostBytes: 1_000, mostWrites: 1, mostWaiting: 10, bytesOf: () => 1 };
    const gathered = new GatheredWrites<string, string>(
      (items) => {
        if (isBroken) throw new TypeError("broken");
        return Promise.resolve(items);
      },
      { purpose: "store letters", ...options },
    );
    await expect(gathered.write(["a"])).rejects.toThrow(new TypeError("broken"));
    isBroken = false;
    expect(await gathered.write(["b"])).toEqual(["b"]);
    await gathered.settled();
  });

  it("take nothing more while too much waits, and go on after it", async () => {
    const store = new SlowStore({ mostWaiting: 3 });
    const calls = [["a"], ["b"], ["c", "d"]].map((items) => store.gathered.write(items));
    await expect(store.gathered.write(["e"])).rejects.toThrow(
      new StoreUnavailable("Could not store letters: 3 are already waiting to be stored."),
    );
    store.finishAll();
    await Promise.all(calls);
    expect(await store.gathered.write(["1", "2", "3", "4", "5"])).toHaveLength(5);
  });

  it("run as if the call did that has waited longest, to whose trace they belong", async () => {
    const caller = new AsyncLocalStorage<string>();
    const callers: (string | undefined)[] = [];
    const options = { mostItems: 10, mostBytes: 1_000, mostWrites: 1, mostWaiting: 10, bytesOf: () => 1 };
    const gathered = new GatheredWrites<string, string>(
      async (items) => {
        callers.push(caller.getStore());
        await turns();
        return items;
      },
      { purpose: "store letters", ...options },
    );
    await Promise.all(["a", "b", "c"].map((item) => caller.run(item, () => gathered.write([item]))));
    expect(callers).toEqual(["a", "b"]);
  });

  it("wait with some patience for those who shared the last one, until all are back", async () => {
    const store = new SlowStore({ patience: 60_000 });
    const calls = ["a", "b", "c"].map((item) => store.gathered.write([item]));
    store.finish();
    await calls[0];
    // b and c wait for a.
    expect(store.writes).toEqual([["a"]]);
    calls.push(store.gathered.write(["d"]));
    expect(store.writes).toEqual([["a"], ["b", "c", "d"]]);
    store.finish();
    await Promise.all(calls);
    for (const item of ["e", "f"]) calls.push(store.gathered.write([item]));
    expect(store.writes).toHaveLength(2);
    // To end, as when a process does, is no reason to wait.
    store.finishAll();
    await store.gathered.settled();
    expect(store.writes).toEqual([["a"], ["b", "c", "d"], ["e", "f"]]);
  });

  it("wait for nobody who are many, however patient", async () => {
    const store = new SlowStore({ patience: 60_000 });
    const items = Array.from({ length: 14 }, (_, i) => `${i}`);
    const calls = items.map((item) => store.gathered.write([item]));
    store.finish();
    await calls[0];
    expect(store.writes).toEqual([["0"], items.slice(1)]);
    store.finishAll();
    await Promise.all(calls);
  });

  it("wait no longer than patience for who does not come back, and never for a caller alone", async () => {
    const store = new SlowStore({ patience: 5 });
    const calls = ["a", "b"].map((item) => store.gathered.write([item]));
    store.finishAll();
    await Promise.all(calls);
    expect(store.writes).toEqual([["a"], ["b"]]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    for (const item of ["c", "d"]) {
      const call = store.gathered.write([item]);
      expect(store.writes.at(-1)).toEqual([item]);
      await call;
    }
  });

  it("wait for who came in time, though this process was too busy to look", async () => {
    const store = new SlowStore({ patience: 5 });
    const calls = ["a", "b", "c"].map((item) => store.gathered.write([item]));
    store.finish();
    await calls[0];
    // Looked for after timers, as requests are.
    const { port1, port2 } = new MessageChannel();
    port1.on("message", () => calls.push(store.gathered.write(["d"])));
    port2.postMessage("come");
    const busyUntil = performance.now() + 50;
    while (performance.now() < busyUntil);
    await turns();
    port1.close();
    expect(store.writes).toEqual([["a"], ["b", "c", "d"]]);
    store.finishAll();
    await Promise.all(calls);
  });

  it("wait for callers who come one after the other within patience, though not for long", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const store = new SlowStore({ patience: 10 });
      const calls = Array.from({ length: 10 }, (_, n) => store.gathered.write([`${n}`]));
      store.finishAll();
      const settle = async () => {
        while (store.writes.flat().length < calls.length) {
          vi.advanceTimersByTime(1);
          await turns();
        }
        await Promise.all(calls);
      };
      await settle();
      const before = store.writes.length;
      // Each is waited for 10 ms from when the one before came, and all of them for 30.
      for (let at = 0; at < 60 && store.writes.length === before; at += 6) {
        calls.push(store.gathered.write([`at ${at}`]));
        vi.advanceTimersByTime(6);
        await turns();
      }
      expect(store.writes[before]).toEqual(["at 0", "at 6", "at 12", "at 18", "at 24"]);
      await settle();
    } finally {
      vi.useRealTimers();
    }
  });

  it("are settled too that waited for a write under way, however patient", async () => {
    const store = new SlowStore({ patience: 60_000 });
    const calls = ["a", "b"].map((item) => store.gathered.write([item]));
    const settled = store.gathered.settled();
    store.finishAll();
    await settled;
    expect(store.writes).toEqual([["a"], ["b"]]);
    await Promise.all(calls);
  });

  it("are all settled when that is waited for", async () => {
    const store = new SlowStore();
    const settled: string[] = [];
    for (const item of ["a", "b", "c"]) void store.gathered.write([item]).then(() => settled.push(item));
    store.finishAll();
    await store.gathered.settled();
    await turns();
    expect(settled).toEqual(["a", "b", "c"]);
    await store.gathered.settled();
  });
});

/** Writes letters when it is told to. */
class SlowStore {
  readonly writes: (readonly string[])[] = [];
  readonly gathered: GatheredWrites<string, string>;
  poison: (item: string) => boolean = () => false;
  /** Thrown whatever is written. */
  refusal: Error | undefined;
  readonly #held: (() => void)[] = [];
  #isHolding = true;

  constructor(changes: Partial<Omit<GatheringOptions<string>, "purpose" | "bytesOf">> = {}) {
    this.gathered = new GatheredWrites((items) => this.#write(items), {
      purpose: "store letters",
      mostItems: 100,
      mostBytes: 1_000,
      bytesOf: (item) => item.length,
      mostWrites: 1,
      mostWaiting: 100,
      ...changes,
    });
  }

  /** Lets the oldest write that is under way end. */
  finish(writes = 1): void {
    for (const release of this.#held.splice(0, writes)) release();
  }

  /** Lets all writes end, also those to come. */
  finishAll(): void {
    this.#isHolding = false;
    this.finish(this.#held.length);
  }

  async #write(items: readonly string[]): Promise<readonly string[]> {
    this.writes.push(items);
    const [failing, refusal] = [items.some(this.poison), this.refusal];
    if (this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (refusal !== undefined) throw refusal;
    if (failing) throw new Error(`cannot store ${items}`);
    return items.map((item) => `stored ${item}`);
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}
