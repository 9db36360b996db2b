import { describe, expect, it } from "vitest";
import { CorruptModel, VersionNotFound } from "#stores/models/failures.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { ModelCache } from "./model-cache.ts";

/** Holds versions v1 … v9 and notes each load. */
function storeOf(): Pick<ModelStore, "model"> & { loads: string[] } {
  const loads: string[] = [];
  return {
    loads,
    async model(version) {
      loads.push(version);
      if (!/^v\d$/.test(version)) throw new VersionNotFound(`reading ${version}: there is no such version`);
      return exampleModel({ version });
    },
  };
}

async function use(cache: ModelCache, version: string): Promise<void> {
  const model = await cache.acquire(version);
  model.release();
}

describe("ModelCache", () => {
  it("loads a version once for all who ask at a time", async () => {
    const store = storeOf();
    const cache = new ModelCache(store);
    const models = await Promise.all([cache.acquire("v1"), cache.acquire("v1"), cache.acquire("v1")]);
    expect(new Set(models).size).toBe(1);
    expect(store.loads).toEqual(["v1"]);
  });

  it("lets go of the version that was not asked for longest", async () => {
    const store = storeOf();
    const cache = new ModelCache(store, 2);
    for (const version of ["v1", "v2", "v1", "v3", "v1", "v2"]) await use(cache, version);
    expect(store.loads).toEqual(["v1", "v2", "v3", "v2"]);
  });

  it("keeps a version working for who holds it, after it was let go", async () => {
    const cache = new ModelCache(storeOf(), 1);
    const held = await cache.acquire("v1");
    await use(cache, "v2");
    await use(cache, "v3");
    expect(await held.probabilities(Float64Array.from(held.manifest.typical))).toHaveLength(1);
    held.release();
    expect(held.retain()).toBe(false);
  });

  it("does not give up good versions for a name that does not exist, and asks for that anew each time", async () => {
    const store = storeOf();
    const cache = new ModelCache(store, 1);
    await use(cache, "v1");
    await expect(cache.acquire("nope")).rejects.toThrow(VersionNotFound);
    await expect(cache.acquire("nope")).rejects.toThrow(VersionNotFound);
    await use(cache, "v1");
    expect(store.loads).toEqual(["v1", "nope", "nope"]);
  });

  it("opens the graph of a version that was loaded without, for who needs it open, and loads it anew if that fails", async () => {
    let isCut = true;
    const cache = new ModelCache({
      async model(version) {
        const model = exampleModel({ version });
        return isCut ? { ...model, onnx: new Uint8Array() } : model;
      },
    });
    const trusted = await cache.acquire("v1", "when it is needed");
    await expect(cache.acquire("v1", "before it serves")).rejects.toThrow(CorruptModel);
    isCut = false;
    const sound = await cache.acquire("v1");
    expect(sound).not.toBe(trusted);
    await sound.open();
    expect(trusted.retain()).toBe(true);
    for (const model of [trusted, trusted, sound]) model.release();
    expect(trusted.retain()).toBe(false);
    expect(sound.retain()).toBe(true);
  });

  it("closes what nobody uses", async () => {
    const cache = new ModelCache(storeOf());
    const model = await cache.acquire("v1");
    model.release();
    cache.close();
    await new Promise(setImmediate);
    expect(model.retain()).toBe(false);
  });
});
