import { mkdir, mkdtemp, readdir, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { argumentsOf, RunningProgram } from "#test/support/running-program.ts";
import { StoreUnavailable } from "../../failures.ts";
import { CorruptModel, DamagedAlias } from "../failures.ts";
import { describeModelStore } from "../model-store.contract.ts";
import { DirectoryModelStore } from "./model-store.ts";

const now = Date.parse("2024-05-01T12:00:00Z");

describeModelStore("DirectoryModelStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-models-"));
  const open = () => DirectoryModelStore.open(join(directory, "deep", "models"), { now: () => now });
  return {
    models: await open(),
    reopen: open,
    overwrite: (version, file, content) =>
      writeFile(join(directory, "deep", "models", "churn", version, file), content),
    damageChampion: async () => {
      const moves = join(directory, "deep", "models", "churn", "aliases", "champion");
      await writeFile(join(moves, (await readdir(moves)).sort().at(-1) ?? ""), "{");
    },
    now,
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe("a directory of models", () => {
  let directory: string;
  let store: DirectoryModelStore;
  const artifact = { ...exampleModel({ version: "v1" }), report: "report" };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "lapse-models-"));
    store = await DirectoryModelStore.open(directory, { now: () => now });
    await store.publish(artifact);
  });

  afterEach(() => rm(directory, { recursive: true }));

  it("holds nothing but the versions and the history of the aliases", async () => {
    const { revision } = await store.moveAlias("champion", "v1", undefined, exampleNote);
    await store.moveAlias("champion", "v1", revision, exampleNote);
    expect((await readdir(directory, { recursive: true })).sort()).toEqual([
      "churn",
      "churn/aliases",
      "churn/aliases/champion",
      "churn/aliases/champion/00000001.json",
      "churn/aliases/champion/00000002.json",
      "churn/v1",
      "churn/v1/model.json",
      "churn/v1/model.onnx",
      "churn/v1/report.html",
    ]);
  });

  it("lets one of two processes promote, every time", async () => {
    await store.publish({ ...exampleModel({ version: "v2" }), report: "report" });
    const rounds = 20;
    const programs = ["v1", "v2"].map((version) => promoteInProcess(directory, version, rounds));
    await Promise.all(programs.map((program) => program.says(/^(ready)$/)));
    for (const program of programs) program.process.stdin?.write("go\n");
    await Promise.all(programs.map((program) => program.ended));
    const outcomes = programs.map(({ lines }) => lines.slice(1));
    const wins = outcomes.map((outcome) => outcome.filter((result) => result === "moved").length);
    // Each process goes on until it has seen all rounds won, by itself or by the other.
    expect(wins[0]! + wins[1]!).toBe(rounds);
    expect(Number((await store.alias("champion"))?.revision)).toBe(rounds);
    expect(outcomes.flat().every((result) => result === "moved" || result === "AliasMoved")).toBe(true);
  });

  it("reports a version that lacks a file as damaged", async () => {
    await unlink(join(directory, "churn", "v1", "model.onnx"));
    await expect(store.model("v1")).rejects.toThrow(CorruptModel);
    await unlink(join(directory, "churn", "v1", "model.json"));
    await expect(store.manifest("v1")).rejects.toThrow(CorruptModel);
  });

  it("reports an alias that does not parse as damaged", async () => {
    await store.moveAlias("champion", "v1", undefined, exampleNote);
    await writeFile(join(directory, "churn", "aliases", "champion", "00000002.json"), "{");
    await expect(store.alias("champion")).rejects.toThrow(CorruptModel);
  });

  it.each(["model.json", "model.onnx"])(
    "reports a version as damaged that has a directory in place of %s",
    async (file) => {
      await unlink(join(directory, "churn", "v1", file));
      await mkdir(join(directory, "churn", "v1", file));
      await expect(store.model("v1")).rejects.toThrow(CorruptModel);
    },
  );

  it("reports a version as damaged that is no directory, or whose file is a link to itself", async () => {
    await writeFile(join(directory, "churn", "v2"), "");
    await expect(store.manifest("v2")).rejects.toThrow(CorruptModel);
    await unlink(join(directory, "churn", "v1", "model.json"));
    await symlink("model.json", join(directory, "churn", "v1", "model.json"));
    await expect(store.manifest("v1")).rejects.toThrow(CorruptModel);
  });

  it.each(["00000002", "99999999"])("moves an alias on that has a directory in place of its move %s", async (last) => {
    await store.moveAlias("champion", "v1", undefined, exampleNote);
    await mkdir(join(directory, "churn", "aliases", "champion", `${last}.json`));
    await expect(store.alias("champion")).rejects.toThrow(DamagedAlias);
    const moved = await store.moveAlias("champion", "v1", last, exampleNote);
    expect(Number(moved.revision)).toBe(Number(last) + 1);
    expect(await store.alias("champion")).toEqual(moved);
  });

  it("cannot be opened where something else stands in its place, and says so", async () => {
    await rm(join(directory, "churn"), { recursive: true });
    await writeFile(join(directory, "churn"), "");
    await expect(DirectoryModelStore.open(directory, { now: () => now })).rejects.toThrow(StoreUnavailable);
  });

  it("removes what a killed publisher left behind, but not the work of one that is running", async () => {
    const [old, fresh] = [".unfinished-old", ".unfinished-new"].map((name) => join(directory, "churn", name));
    for (const path of [old!, fresh!]) {
      await mkdir(path);
      await writeFile(join(path, "model.onnx"), "half");
    }
    await utimes(old!, now / 1000 - 90_000, now / 1000 - 90_000);
    await utimes(fresh!, now / 1000 - 60, now / 1000 - 60);
    expect(await store.versions()).toEqual(["v1"]);
    await DirectoryModelStore.open(directory, { now: () => now });
    expect(await readdir(join(directory, "churn"))).toEqual([".unfinished-new", "aliases", "v1"]);
  });

  it("is unavailable when the directory cannot be read", async () => {
    await rm(join(directory, "churn"), { recursive: true });
    await writeFile(join(directory, "churn"), "not a directory");
    await expect(store.versions()).rejects.toThrow(StoreUnavailable);
    await expect(store.publish(artifact)).rejects.toThrow(StoreUnavailable);
    await expect(store.alias("champion")).rejects.toThrow(StoreUnavailable);
    await expect(store.model("v1")).rejects.toThrow(StoreUnavailable);
  });
});

function promoteInProcess(directory: string, version: string, rounds: number): RunningProgram {
  return new RunningProgram(process.execPath, argumentsOf("promote-in-directory", directory, version, `${rounds}`));
}
