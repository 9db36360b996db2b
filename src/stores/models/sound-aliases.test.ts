import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evidenceOf } from "#churn/gate/evidence.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { DirectoryModelStore } from "./directory/model-store.ts";
import { CorruptModel, DamagedAlias } from "./failures.ts";
import { lostChampion } from "./former.ts";
import { recordStandIn } from "./record-stand-in.ts";
import { SoundAliases } from "./sound-aliases.ts";

const note = { by: "me", reason: "a try" };

let folder: string;
let inner: DirectoryModelStore;
let store: SoundAliases;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-models-"));
  inner = await DirectoryModelStore.open(folder, { now: () => 0 });
  store = new SoundAliases(inner);
  await publish("v1", true);
  await publish("v2", false);
  await publish("v3", true);
});

afterEach(() => rm(folder, { recursive: true }));

async function publish(version: string, promoted: boolean): Promise<void> {
  const { decision } = exampleModel().manifest;
  const overrides: Partial<ModelManifest> = { version, decision: { ...decision, promoted } };
  await inner.publish({ ...exampleModel(overrides), report: "" });
}

/** As lapse models promote does it. */
async function promote(version: string) {
  return store.moveAlias("champion", version, (await store.alias("champion"))?.revision, note);
}

async function rollBack() {
  return promote((await store.alias("champion"))?.previous ?? "");
}

const modelOf = (version: string) => join(folder, "churn", version, "model.onnx");
const manifestOf = (version: string) => join(folder, "churn", version, "model.json");
const damageAlias = (revision: number) =>
  writeFile(join(folder, "churn", "aliases", "champion", `0000000${revision}.json`), "{");

describe("the model of a version", () => {
  it("is read once by who looks at its alias first, and checked again by who asks again", async () => {
    await promote("v3");
    const later = new SoundAliases(inner);
    await later.alias("champion");
    await writeFile(modelOf("v3"), "no model");
    expect((await later.model("v3")).manifest.version).toBe("v3");
    await expect(later.model("v3")).rejects.toThrow(CorruptModel);
  });
});

describe("an alias", () => {
  it("is as it is while its version can be read, and undefined before it is set", async () => {
    expect(await store.alias("champion")).toBeUndefined();
    await promote("v3");
    expect(await store.alias("champion")).toEqual(await inner.alias("champion"));
  });

  it.each([
    ["altered", () => writeFile(manifestOf("v3"), "{}")],
    ["altered in its model alone", () => writeFile(modelOf("v3"), "no model")],
    ["without its model", () => rm(modelOf("v3"))],
    ["lost", () => rm(join(folder, "churn", "v3"), { recursive: true })],
  ])("has the version before in place of one that is %s", async (_, damage) => {
    await promote("v2");
    await promote("v3");
    await damage();
    const { revision } = (await inner.alias("champion")) ?? {};
    expect(await new SoundAliases(inner).alias("champion")).toMatchObject({
      version: "v2",
      revision,
      standsInFor: "version v3, which cannot be read",
    });
  });

  it("has a version in its place that served before: none that was refused or never put into service", async () => {
    await promote("v1");
    await promote("v3");
    await publish("v4", false);
    await publish("v5", true);
    await writeFile(manifestOf("v3"), "{}");
    expect(await new SoundAliases(inner).alias("champion")).toMatchObject({ version: "v1" });
    await rm(manifestOf("v1"));
    expect(await new SoundAliases(inner).alias("champion")).toBeUndefined();
    expect(lostChampion(await store.history())).toContain("Version v3, which was in service, cannot be read");
  });

  it("has none in its place that a person rolled back, unless it was put there again", async () => {
    await promote("v1");
    await promote("v2");
    await promote("v3");
    await rollBack();
    await rm(manifestOf("v2"));
    expect(await new SoundAliases(inner).alias("champion")).toMatchObject({ version: "v1" });
    await promote("v3");
    await rm(manifestOf("v3"));
    expect(await new SoundAliases(inner).alias("champion")).toMatchObject({ version: "v1" });
  });

  it("that is damaged itself is mended by promoting a version, be it the one that stands in", async () => {
    await promote("v3");
    await promote("v1");
    await promote("v2");
    await damageAlias(3);
    await expect(inner.alias("champion")).rejects.toThrow(DamagedAlias);
    expect(await store.alias("champion")).toMatchObject({
      version: "v1",
      standsInFor: "the alias champion, which cannot be read",
    });
    expect(await promote("v1")).toMatchObject({ version: "v1", revision: "00000004" });
    expect(await inner.alias("champion")).toEqual(await store.alias("champion"));
    await promote("v3");
    expect(await rollBack()).toMatchObject({ version: "v1" });
  });

  it("is moved to what stands in, once though several record it: by lapse, with the reason and the numbers", async () => {
    await promote("v1");
    await promote("v3");
    await rm(manifestOf("v3"));
    const records = Array.from({ length: 5 }, () => recordStandIn(new SoundAliases(inner)));
    for (const alias of await Promise.all(records))
      expect(alias).toMatchObject({ version: "v1", revision: "00000003" });
    expect(await recordStandIn(store)).toEqual(await inner.alias("champion"));
    const [last, ...before] = await store.history();
    expect(last).toMatchObject({
      ...{ alias: "champion", from: "v3", to: "v1", by: "lapse" },
      reason: "stands in for version v3, which cannot be read: the last champion before it that can be read",
      evidence: evidenceOf(exampleModel().manifest),
    });
    expect(before).toHaveLength(2);
  });

  it("has the version that was damaged in its place again once its files are restored and the other's are lost", async () => {
    await promote("v1");
    await promote("v3");
    const restored = await readFile(manifestOf("v3"), "utf8");
    await rm(manifestOf("v3"));
    await recordStandIn(store);
    await writeFile(manifestOf("v3"), restored);
    await rm(manifestOf("v1"));
    expect(await new SoundAliases(inner).alias("champion")).toMatchObject({ version: "v3" });
  });

  it("can be moved even where nothing can stand in for what it points at", async () => {
    await promote("v3");
    for (const version of ["v1", "v2", "v3"]) await rm(manifestOf(version));
    const later = new SoundAliases(inner);
    expect(await later.alias("champion")).toBeUndefined();
    await publish("v4", true);
    await damageAlias(1);
    expect(await later.moveAlias("champion", "v4", undefined, note)).toMatchObject({
      version: "v4",
    });
    expect(await inner.alias("champion")).toMatchObject({ version: "v4" });
  });
});
