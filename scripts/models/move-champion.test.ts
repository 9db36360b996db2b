import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { promote, rollBack, versionBefore } from "#functions/desk/model/move-champion.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { SoundAliases } from "#stores/models/sound-aliases.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { describeHistory } from "./history.ts";

const ana = { by: "ana", reason: "the new app is right" };
let folder: string;
let models: DirectoryModelStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-move-"));
  models = await DirectoryModelStore.open(folder, { now: () => Date.parse("2024-05-01T12:00:00Z") });
  const { decision } = exampleModel().manifest;
  const refused = {
    ...decision,
    promoted: false,
    reason: "the newest data look broken",
    champion: "v0",
    championLogLoss: 0.3,
  };
  await models.publish({ ...exampleModel({ version: "v1" }), report: "" });
  await models.publish({ ...exampleModel({ version: "v2", decision: refused }), report: "" });
});

function publishThird(): Promise<void> {
  return models.publish({ ...exampleModel({ version: "v3" }), report: "" });
}

afterEach(() => rm(folder, { recursive: true }));

describe("a person who moves the champion", () => {
  it("overrules training by name, with a reason, which is recorded beside what it overrules", async () => {
    await promote("v1", { by: "ana", reason: undefined }, models);
    await expect(promote("v2", { by: "ana", reason: undefined }, models)).rejects.toThrow(InvalidInput);
    await expect(promote("v2", { by: "ana", reason: undefined }, models)).rejects.toThrow(
      /decided against v2: the newest data look broken.*--reason/,
    );
    await promote("v2", ana, models);
    expect((await models.alias("champion"))?.version).toBe("v2");
    expect(await models.history()).toMatchObject([
      {
        ...{ from: "v1", to: "v2", by: "ana", evidence: { champion: "v0", championLogLoss: 0.3 } },
        reason: "the new app is right (overrules training: the newest data look broken)",
      },
      { from: undefined, to: "v1", by: "ana", reason: "promoted by hand" },
    ]);
  });

  it("rolls back, and is recorded", async () => {
    await expect(rollBack(ana, models)).rejects.toThrow(InvalidInput);
    await promote("v1", ana, models);
    await promote("v2", ana, models);
    await rollBack({ by: "ben", reason: undefined }, models);
    expect((await models.history())[0]).toMatchObject({ from: "v2", to: "v1", by: "ben", reason: "rolled back" });
  });

  it("rolls back past a version that is damaged, and moves nothing where there is no other", async () => {
    const sound = new SoundAliases(models);
    for (const version of ["v1", "v2"]) await promote(version, ana, sound);
    await publishThird();
    await promote("v3", ana, sound);
    await rm(join(folder, "churn", "v3", "model.onnx"));
    const mended = new SoundAliases(models);
    expect(await mended.alias("champion")).toMatchObject({ version: "v2" });
    expect(await versionBefore(mended)).toBe("v1");
    await rollBack({ by: "ben", reason: undefined }, mended);
    expect((await mended.alias("champion"))?.version).toBe("v1");
    await rm(join(folder, "churn", "v1", "model.onnx"));
    const lost = new SoundAliases(models);
    const moves = (await models.history()).length;
    await expect(rollBack(ana, lost)).rejects.toThrow(InvalidInput);
    expect((await models.history()).length).toBe(moves);
  });

  it("reads the history as a table, newest first", async () => {
    expect(describeHistory(await models.history())).toBe("No version was ever put into service.");
    await promote("v1", ana, models);
    await promote("v2", ana, models);
    const [header, newest, oldest, ...more] = describeHistory(await models.history()).split("\n");
    expect(header).toMatch(/^when +alias +from +to +by +evidence of its training +reason/);
    expect(newest).toMatch(
      /^2024-05-01T12:00:00Z +champion +v1 +v2 +ana +[\d,]+ rows, 2024-04-01: AUC 0\.\d{3}, log loss 0\.\d{4}; champion v0 0\.3000 +the new/,
    );
    expect(oldest).toMatch(
      /^2024-05-01T12:00:00Z +champion +- +v1 +ana +[\d,]+ rows, .*: AUC 0\.\d{3}, log loss 0\.\d{4} +the new app is right/,
    );
    expect(more).toEqual([]);
  });
});
