import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleModel } from "#test/support/example-model.ts";
import { AliasMoved, CorruptModel, VersionExists, VersionNotFound } from "../failures.ts";
import type { ModelArtifact, ModelRegistry } from "./model-store.ts";

export interface OpenModelRegistry {
  readonly registry: ModelRegistry;
  /** Another registry on the same models, as another process has it. */
  reopen(): Promise<ModelRegistry>;
  /** Overwrites one stored file of a version, behind the registry's back. */
  overwrite(version: string, file: "model.onnx" | "model.json", content: Uint8Array | string): Promise<void>;
  /** The time that moves of aliases are dated with, ms since the epoch. */
  readonly now: number;
  dispose(): Promise<void>;
}

/** What every ModelRegistry must do; `open` gives one that is empty. */
export function describeModelRegistry(name: string, open: () => Promise<OpenModelRegistry>): void {
  describe(`${name} as a model registry`, () => {
    let opened: OpenModelRegistry;
    let registry: ModelRegistry;

    beforeEach(async () => {
      opened = await open();
      registry = opened.registry;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect(await registry.versions()).toEqual([]);
      expect(await registry.alias("champion")).toBeUndefined();
      await expect(registry.load("v1")).rejects.toThrow(VersionNotFound);
      await expect(registry.manifest("v1")).rejects.toThrow(VersionNotFound);
      await expect(registry.report("v1")).rejects.toThrow(VersionNotFound);
    });

    it("gives back what was published, byte for byte", async () => {
      const published = artifact("v1");
      await registry.publish(published);
      const { onnx, manifest } = await registry.load("v1");
      expect(Buffer.from(onnx).equals(published.onnx)).toBe(true);
      expect(manifest).toEqual(published.manifest);
      expect(await registry.manifest("v1")).toEqual(published.manifest);
      expect(await registry.report("v1")).toBe(published.report);
      expect((await (await opened.reopen()).load("v1")).manifest).toEqual(published.manifest);
    });

    it("lists versions, those with the latest name first", async () => {
      for (const version of ["20240102T000000Z", "20240301T000000Z", "20231231T000000Z"]) {
        await registry.publish(artifact(version));
      }
      expect(await registry.versions()).toEqual(["20240301T000000Z", "20240102T000000Z", "20231231T000000Z"]);
    });

    it("refuses a version that exists, and leaves it as it is", async () => {
      const first = artifact("v1");
      await registry.publish(first);
      await expect(registry.publish({ ...artifact("v1"), report: "other" })).rejects.toThrow(VersionExists);
      expect(await registry.report("v1")).toBe(first.report);
      expect(await registry.versions()).toEqual(["v1"]);
    });

    it("lets one of two publish a version at the same moment", async () => {
      const results = await Promise.allSettled(
        ["a", "b", "c"].map((report) => registry.publish({ ...artifact("v1"), report })),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of results)
        if (result.status === "rejected") expect(result.reason).toBeInstanceOf(VersionExists);
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect(await registry.report("v1")).toBe("abc"[winner]);
    });

    it("does not publish a model that disagrees with its own sha256", async () => {
      const wrong = { ...artifact("v1"), onnx: Buffer.from("other bytes") };
      await expect(registry.publish(wrong)).rejects.toThrow(CorruptModel);
      expect(await registry.versions()).toEqual([]);
    });

    it("refuses a model that was altered or cut short since", async () => {
      const { onnx, manifest } = artifact("v1");
      await registry.publish(artifact("v1"));
      const altered = Buffer.from(onnx);
      altered[altered.length >> 1]! ^= 1;
      for (const content of [altered, onnx.subarray(0, -1), new Uint8Array()]) {
        await opened.overwrite("v1", "model.onnx", content);
        await expect(registry.load("v1")).rejects.toThrow(CorruptModel);
      }
      await opened.overwrite("v1", "model.onnx", onnx);
      expect((await registry.load("v1")).manifest).toEqual(manifest);
    });

    it("refuses a manifest that does not parse, has no sense or is that of another version", async () => {
      await registry.publish(artifact("v1"));
      const other = JSON.stringify(artifact("v2").manifest);
      const negative = JSON.stringify({ ...artifact("v1").manifest, sha256: "beef" });
      for (const content of ["", '{"schema":1', "null", "{}", other, negative]) {
        await opened.overwrite("v1", "model.json", content);
        await expect(registry.manifest("v1")).rejects.toThrow(CorruptModel);
        await expect(registry.load("v1")).rejects.toThrow(CorruptModel);
      }
    });

    it("has no version under a name that means something else to the storage", async () => {
      await registry.publish(artifact("v1"));
      await registry.moveAlias("champion", "v1", undefined);
      for (const name of [
        "..",
        ".",
        "",
        "../v1",
        "v1/../v1",
        "aliases",
        "aliases/champion",
        "v1\0",
        "V\u0301",
        "%2e",
      ]) {
        await expect(registry.load(name)).rejects.toThrow(VersionNotFound);
        await expect(registry.report(name)).rejects.toThrow(VersionNotFound);
        await expect(registry.moveAlias("challenger", name, undefined)).rejects.toThrow(VersionNotFound);
      }
    });

    describe("given two versions", () => {
      beforeEach(async () => {
        await registry.publish(artifact("v1"));
        await registry.publish(artifact("v2"));
      });

      it("points an alias at a version and back, each move with a revision of its own", async () => {
        const first = await registry.moveAlias("champion", "v1", undefined);
        expect(first).toEqual({
          version: "v1",
          movedAt: new Date(opened.now).toISOString(),
          revision: expect.any(String),
        });
        const second = await registry.moveAlias("champion", "v2", first.revision);
        expect(second).toMatchObject({ version: "v2", previous: "v1" });
        const third = await registry.moveAlias("champion", "v1", second.revision);
        expect(third).toMatchObject({ version: "v1", previous: "v2" });
        const fourth = await registry.moveAlias("champion", "v2", third.revision);
        // Also where nothing differs but that it is the second time.
        expect({ ...fourth, revision: "" }).toEqual({ ...second, revision: "" });
        expect(new Set([first, second, third, fourth].map(({ revision }) => revision)).size).toBe(4);
        expect(await registry.alias("champion")).toEqual(fourth);
        expect(await (await opened.reopen()).alias("champion")).toEqual(fourth);
        expect(await registry.alias("challenger")).toBeUndefined();
      });

      it("does not forget what to roll back to when it is pointed at the same version again", async () => {
        const first = await registry.moveAlias("champion", "v1", undefined);
        const second = await registry.moveAlias("champion", "v2", first.revision);
        const again = await registry.moveAlias("champion", "v2", second.revision);
        expect(again).toMatchObject({ version: "v2", previous: "v1" });
      });

      it("refuses a move by someone who has not seen the last one", async () => {
        const first = await registry.moveAlias("champion", "v1", undefined);
        await expect(registry.moveAlias("champion", "v2", undefined)).rejects.toThrow(AliasMoved);
        await expect(registry.moveAlias("champion", "v2", "nonsense")).rejects.toThrow(AliasMoved);
        const second = await registry.moveAlias("champion", "v2", first.revision);
        await expect(registry.moveAlias("champion", "v1", first.revision)).rejects.toThrow(AliasMoved);
        await expect(registry.moveAlias("challenger", "v1", second.revision)).rejects.toThrow(AliasMoved);
        expect(await registry.alias("champion")).toEqual(second);
      });

      it("refuses to point at a version that does not exist", async () => {
        await expect(registry.moveAlias("champion", "v3", undefined)).rejects.toThrow(VersionNotFound);
        expect(await registry.alias("champion")).toBeUndefined();
      });

      it("lets exactly one of many simultaneous moves win, the first as well as later ones", async () => {
        const other = await opened.reopen();
        let expected: string | undefined;
        for (let round = 0; round < 3; round++) {
          const results = await Promise.allSettled(
            Array.from({ length: 8 }, (_, i) =>
              [registry, other][i % 2]!.moveAlias("champion", `v${1 + (i % 2)}`, expected),
            ),
          );
          const winners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
          expect(winners).toHaveLength(1);
          for (const result of results)
            if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AliasMoved);
          expect(await registry.alias("champion")).toEqual(winners[0]);
          expected = winners[0]?.revision;
        }
      });
    });
  });
}

function artifact(version: string): ModelArtifact {
  return { ...exampleModel({ version }), report: `<!doctype html><title>${version} – ünï</title>` };
}
