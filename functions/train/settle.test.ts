import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import type { AliasName } from "#stores/models/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { settle } from "./settle.ts";

let folder: string;
let models: DirectoryModelStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-settle-"));
  models = await DirectoryModelStore.open(folder, { now: () => 0 });
});

afterEach(() => rm(folder, { recursive: true }));

/** A version that training has published, with its decision: for or against it, in a contest with `champion`. */
async function published(version: string, promoted: boolean, champion: string | null): Promise<ModelManifest> {
  const { decision } = exampleModel().manifest;
  const artifact = exampleModel({ version, decision: { ...decision, promoted, champion } });
  await models.publish({ ...artifact, report: "" });
  return artifact.manifest;
}

const at = async (alias: AliasName) => (await models.alias(alias))?.version;

async function promoteByHand(version: string): Promise<void> {
  await models.moveAlias("champion", version, (await models.alias("champion"))?.revision, exampleNote);
}

describe("the event of an older version that comes again", () => {
  it("leaves a newer challenger where it is", async () => {
    const first = await published("v1", true, null);
    const second = await published("v2", false, "v1");
    const third = await published("v3", false, "v1");
    expect([await settle(first, models), await settle(second, models), await settle(third, models)]).toEqual([
      true,
      false,
      false,
    ]);
    const before = await models.history();
    expect(await settle(second, models)).toBe(false);
    expect(await at("challenger")).toBe("v3");
    expect(await models.history()).toEqual(before);
  });

  it("does not make a challenger of what was champion", async () => {
    const first = await published("v1", true, null);
    await settle(first, models);
    await settle(await published("v2", true, "v1"), models);
    expect(await settle(first, models)).toBe(false);
    expect([await at("champion"), await at("challenger")]).toEqual(["v2", undefined]);
  });

  it("does not promote it again once a person has chosen another, however many moves ago it was champion", async () => {
    await settle(await published("v1", true, null), models);
    const second = await published("v2", true, "v1");
    await settle(second, models);
    await published("v3", false, "v2");
    for (const version of ["v3", "v1"]) await promoteByHand(version);
    // The champion is v1 again, which v2 was better than; the version to roll back to is v3.
    expect(await settle(second, models)).toBe(false);
    expect(await at("champion")).toBe("v1");
  });
});
