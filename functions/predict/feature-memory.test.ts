import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { featureMemoryMetrics } from "#runtime/metrics/feature-memory.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { FeatureMemory } from "./feature-memory.ts";
import { RevisionWatch } from "./revision-watch.ts";

const { definition } = exampleManifest();
const april: FeatureSet = {
  id: "april",
  snapshot: 19_814,
  definition,
  populations: [definition.churn],
  names: ["a", "b"],
};
const may: FeatureSet = { ...april, id: "may", snapshot: 19_844 };

const row = (userId: string, ...values: number[]): FeatureRow => ({ userId, lapsed: [null], values });

/** A store that tells what it was asked for, and can be made to wait. */
class Counted {
  readonly asked: (readonly string[])[] = [];
  before: Promise<void> | undefined;
  after: Promise<void> | undefined;
  readonly #store: DuckDbFeatureStore;

  constructor(store: DuckDbFeatureStore) {
    this.#store = store;
  }

  async get(userIds: readonly string[]) {
    this.asked.push(userIds);
    await this.before;
    const found = await this.#store.get(userIds);
    await this.after;
    return found;
  }

  revision() {
    return this.#store.revision();
  }
}

let store: DuckDbFeatureStore;
let counted: Counted;
let metrics: Registry;
let now: number;

beforeEach(async () => {
  store = await DuckDbFeatureStore.open(await openDuckDb(":memory:"));
  counted = new Counted(store);
  metrics = new Registry();
  now = 0;
  await store.putSet(april);
  await store.put("april", [row("ana", 1, 2), row("ben", 3, 4), { userId: "cy", lapsed: [19_700], values: [] }]);
});

afterEach(() => store.close());

function memory({
  bytes = 100_000,
  milliseconds = 0,
  deadline = undefined as number | undefined,
  first = 0,
} = {}): FeatureMemory {
  const watch = new RevisionWatch({ store: counted, milliseconds, longestWithout: 60_000, clock: () => now });
  return new FeatureMemory({
    store: counted,
    watch,
    bytes,
    deadlineMilliseconds: deadline,
    firstMilliseconds: first,
    metrics: featureMemoryMetrics(metrics),
  });
}

async function valuesOf(kept: FeatureMemory, ...userIds: string[]) {
  const found = await kept.get(userIds);
  return Object.fromEntries([...found].map(([userId, { values }]) => [userId, Array.from(values)]));
}

describe("FeatureMemory", () => {
  it("reads each user once, also who has lapsed or is not known, and together those who are missing", async () => {
    const kept = memory();
    expect(await valuesOf(kept, "ana", "eve")).toEqual({ ana: [1, 2] });
    expect(await valuesOf(kept, "eve", "ben", "ana", "cy")).toEqual({ ana: [1, 2], ben: [3, 4], cy: [] });
    const again = await kept.get(["eve", "ben", "ana", "cy"]);
    expect(again.get("cy")).toEqual({ userId: "cy", set: april, lapsed: [19_700], values: new Float64Array(0) });
    expect(again.get("ana")?.set).toBe((await kept.get(["ben"])).get("ben")?.set);
    expect(counted.asked).toEqual([
      ["ana", "eve"],
      ["ben", "cy"],
    ]);
  });

  it("returns every value exactly as the store does", async () => {
    const values = [0.1 + 0.2, 1e-300];
    await store.put("april", [row("ana", ...values)]);
    const kept = memory();
    await kept.get(["ana"]);
    expect(await valuesOf(kept, "ana")).toEqual({ ana: values });
  });

  it("serves nobody from memory who was erased, and no row that was replaced", async () => {
    const kept = memory();
    await kept.get(["ana", "ben", "eve"]);
    await store.erase(["ana"]);
    expect(await valuesOf(kept, "ana", "ben")).toEqual({ ben: [3, 4] });
    await store.put("april", [row("ben", 5, 6), row("eve", 7, 8)]);
    expect(await valuesOf(kept, "ben", "eve")).toEqual({ ben: [5, 6], eve: [7, 8] });
    await store.putSet(may);
    await store.put("may", [row("ben", 9, 9)]);
    const found = await kept.get(["ben", "eve"]);
    expect([found.get("ben")?.set.id, found.get("eve")?.set.id]).toEqual(["may", "april"]);
    await store.prune("may");
    expect(await valuesOf(kept, "eve")).toEqual({});
  });

  it("keeps nothing that was read before the store became another", async () => {
    const kept = memory();
    let release = () => {};
    counted.after = new Promise((resolve) => {
      release = resolve;
    });
    const reading = kept.get(["ana"]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await store.erase(["ana"]);
    // Somebody else has seen meanwhile that the store is another.
    const other = kept.get(["ben"]);
    release();
    await Promise.all([reading, other]);
    expect(await valuesOf(kept, "ana")).toEqual({});
  });

  it("may serve what is as old as a look at the revision, and no older", async () => {
    const kept = memory({ milliseconds: 1_000 });
    await kept.get(["ana"]);
    await store.erase(["ana"]);
    now = 400;
    expect(await valuesOf(kept, "ana")).toEqual({ ana: [1, 2] });
    now = 1_000;
    expect(await valuesOf(kept, "ana")).toEqual({});
  });

  it("keeps none where it may take no memory", async () => {
    const kept = memory({ bytes: 0 });
    for (let i = 0; i < 2; i++) expect(await valuesOf(kept, "ana")).toEqual({ ana: [1, 2] });
    expect(counted.asked).toHaveLength(2);
  });

  it("waits no longer than it may for a store that does not respond", async () => {
    counted.before = new Promise(() => undefined);
    const began = performance.now();
    await expect(memory({ deadline: 20 }).get(["ana"])).rejects.toThrow(
      "Could not read features: no response within 20 ms",
    );
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("counts hits, misses and who had to go, and tells what it holds", async () => {
    const kept = memory({ bytes: 1_500 });
    for (const userId of ["ana", "ana", "ben", "cy", "eve", "ana"]) await kept.get([userId]);
    const text = await metrics.metrics();
    expect(text).toContain('lapse_feature_memory_reads_total{outcome="hit"} 2');
    expect(text).toContain('lapse_feature_memory_reads_total{outcome="miss"} 4');
    expect(text).toMatch(/lapse_feature_memory_evicted_total [1-9]/);
    expect(text).toMatch(/lapse_feature_memory_users [1-3]\n/);
    expect(text).toMatch(/lapse_feature_memory_bytes 1[0-9]{3}\n/);
  });

  it("waits longer for its first read, as a new pod may have to for its first connection, and for no other", async () => {
    const kept = memory({ deadline: 20, first: 20_000 });
    counted.before = sleep(200);
    expect(await valuesOf(kept, "ana")).toEqual({ ana: [1, 2] });
    counted.before = sleep(20_000, undefined, { ref: false });
    await expect(kept.get(["ben"])).rejects.toThrow("no response within 20 ms");
  });

  it("waits so but once for a store that hangs", async () => {
    const kept = memory({ deadline: 20, first: 300 });
    counted.before = sleep(20_000, undefined, { ref: false });
    await expect(kept.get(["ana"])).rejects.toThrow("no response within 320 ms");
    await expect(kept.get(["ben"])).rejects.toThrow("no response within 20 ms");
  });
});
