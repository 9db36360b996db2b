import { describe, expect, it } from "vitest";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";

describe("LazyFeatureStore", () => {
  it("opens the store at the first read and once", async () => {
    let opened = 0;
    const store = new LazyFeatureStore(async () => {
      opened += 1;
      return DuckDbFeatureStore.open(await openDuckDb(":memory:"));
    });
    expect(opened).toBe(0);
    await Promise.all([store.get(["ana"]), store.get(["bob"])]);
    expect(await store.get(["ana"])).toEqual(new Map());
    expect(opened).toBe(1);
    await store.close();
  });

  it("tries again after it could not be opened", async () => {
    let attempts = 0;
    const store = new LazyFeatureStore(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("in use");
      return DuckDbFeatureStore.open(await openDuckDb(":memory:"));
    });
    await expect(store.get(["ana"])).rejects.toThrow("in use");
    expect(await store.get(["ana"])).toEqual(new Map());
    await store.close();
  });

  it("closes without having been opened", async () => {
    const store = new LazyFeatureStore(async () => {
      throw new Error("never");
    });
    await expect(store.close()).resolves.toBeUndefined();
  });
});
