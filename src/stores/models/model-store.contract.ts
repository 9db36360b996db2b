import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evidenceOf } from "#churn/gate/evidence.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { AliasMoved, CorruptModel, DamagedAlias, VersionExists, VersionNotFound } from "./failures.ts";
import type { ModelArtifact, ModelStore } from "./model-store.ts";
import { recordStandIn } from "./record-stand-in.ts";
import { SoundAliases } from "./sound-aliases.ts";

export interface OpenModelStore {
  readonly models: ModelStore;
  /** Another store on the same models, as another process would have. */
  reopen(): Promise<ModelStore>;
  /** Overwrites one stored file of a version, behind the store's back. */
  overwrite(version: string, file: "model.onnx" | "model.json", content: Uint8Array | string): Promise<void>;
  /** Overwrites the record of the last move of the champion, behind the store's back. */
  damageChampion(): Promise<void>;
  /** The time of moves of aliases, in ms since the epoch. */
  readonly now: number;
  dispose(): Promise<void>;
}

/** What every ModelStore must do; `open` returns an empty one. */
export function describeModelStore(name: string, open: () => Promise<OpenModelStore>): void {
  describe(`${name} as a model store`, () => {
    let opened: OpenModelStore;
    let store: ModelStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.models;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect(await store.versions()).toEqual([]);
      expect(await store.alias("champion")).toBeUndefined();
      await expect(store.model("v1")).rejects.toThrow(VersionNotFound);
      await expect(store.manifest("v1")).rejects.toThrow(VersionNotFound);
      await expect(store.report("v1")).rejects.toThrow(VersionNotFound);
    });

    it("returns what was published, byte for byte", async () => {
      const published = artifact("v1");
      await store.publish(published);
      const { onnx, manifest } = await store.model("v1");
      expect(Buffer.from(onnx).equals(published.onnx)).toBe(true);
      expect(manifest).toEqual(published.manifest);
      expect(await store.manifest("v1")).toEqual(published.manifest);
      expect(await store.report("v1")).toBe(published.report);
      expect((await (await opened.reopen()).model("v1")).manifest).toEqual(published.manifest);
    });

    it("lists versions, latest name first", async () => {
      for (const version of ["20240102T000000Z", "20240301T000000Z", "20231231T000000Z"]) {
        await store.publish(artifact(version));
      }
      expect(await store.versions()).toEqual(["20240301T000000Z", "20240102T000000Z", "20231231T000000Z"]);
    });

    it("refuses a version that exists, and leaves it as it is", async () => {
      const first = artifact("v1");
      await store.publish(first);
      await expect(store.publish({ ...artifact("v1"), report: "other" })).rejects.toThrow(VersionExists);
      expect(await store.report("v1")).toBe(first.report);
      expect(await store.versions()).toEqual(["v1"]);
    });

    it("lets one of two publish a version at the same moment", async () => {
      const results = await Promise.allSettled(
        ["a", "b", "c"].map((report) => store.publish({ ...artifact("v1"), report })),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of results)
        if (result.status === "rejected") expect(result.reason).toBeInstanceOf(VersionExists);
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect(await store.report("v1")).toBe("abc"[winner]);
    });

    it("does not publish a model that disagrees with its own sha256", async () => {
      const wrong = { ...artifact("v1"), onnx: Buffer.from("other bytes") };
      await expect(store.publish(wrong)).rejects.toThrow(CorruptModel);
      expect(await store.versions()).toEqual([]);
    });

    it("refuses a model that was altered or truncated", async () => {
      const { onnx, manifest } = artifact("v1");
      await store.publish(artifact("v1"));
      const altered = Buffer.from(onnx);
      altered[altered.length >> 1]! ^= 1;
      for (const content of [altered, onnx.subarray(0, -1), new Uint8Array()]) {
        await opened.overwrite("v1", "model.onnx", content);
        await expect(store.model("v1")).rejects.toThrow(CorruptModel);
      }
      await opened.overwrite("v1", "model.onnx", onnx);
      expect((await store.model("v1")).manifest).toEqual(manifest);
    });

    it("refuses a manifest that does not parse, is invalid or belongs to another version", async () => {
      await store.publish(artifact("v1"));
      const other = JSON.stringify(artifact("v2").manifest);
      const negative = JSON.stringify({ ...artifact("v1").manifest, sha256: "beef" });
      for (const content of ["", '{"schema":1', "null", "{}", other, negative]) {
        await opened.overwrite("v1", "model.json", content);
        await expect(store.manifest("v1")).rejects.toThrow(CorruptModel);
        await expect(store.model("v1")).rejects.toThrow(CorruptModel);
      }
    });

    it("refuses to publish a description that could not be read again, and has no such version", async () => {
      const whole = artifact("v1");
      const manifest = { ...whole.manifest, thresholds: { medium: Number.NaN, high: 0.5 } };
      await expect(store.publish({ ...whole, manifest })).rejects.toThrow(CorruptModel);
      expect(await store.versions()).toEqual([]);
    });

    it("has no version under a name with a special meaning to the storage", async () => {
      await store.publish(artifact("v1"));
      await store.moveAlias("champion", "v1", undefined, exampleNote);
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
        await expect(store.model(name)).rejects.toThrow(VersionNotFound);
        await expect(store.report(name)).rejects.toThrow(VersionNotFound);
        await expect(store.moveAlias("challenger", name, undefined, exampleNote)).rejects.toThrow(VersionNotFound);
      }
    });

    describe("given two versions", () => {
      beforeEach(async () => {
        await store.publish(artifact("v1"));
        await store.publish(artifact("v2"));
      });

      it("points an alias at a version and back, each move with a revision of its own", async () => {
        const first = await store.moveAlias("champion", "v1", undefined, exampleNote);
        expect(first).toEqual({
          version: "v1",
          movedAt: new Date(opened.now).toISOString(),
          revision: expect.any(String),
        });
        const second = await store.moveAlias("champion", "v2", first.revision, exampleNote);
        expect(second).toMatchObject({ version: "v2", previous: "v1" });
        const third = await store.moveAlias("champion", "v1", second.revision, exampleNote);
        expect(third).toMatchObject({ version: "v1", previous: "v2" });
        const fourth = await store.moveAlias("champion", "v2", third.revision, exampleNote);
        // Even though nothing else differs from the second move.
        expect({ ...fourth, revision: "" }).toEqual({ ...second, revision: "" });
        expect(new Set([first, second, third, fourth].map(({ revision }) => revision)).size).toBe(4);
        expect(await store.alias("champion")).toEqual(fourth);
        expect(await (await opened.reopen()).alias("champion")).toEqual(fourth);
        expect(await store.alias("challenger")).toBeUndefined();
      });

      it("does not forget what to roll back to when it is pointed at the same version again", async () => {
        const first = await store.moveAlias("champion", "v1", undefined, exampleNote);
        const second = await store.moveAlias("champion", "v2", first.revision, exampleNote);
        const again = await store.moveAlias("champion", "v2", second.revision, exampleNote);
        expect(again).toMatchObject({ version: "v2", previous: "v1" });
      });

      it("refuses a move by someone who has not seen the last one", async () => {
        const first = await store.moveAlias("champion", "v1", undefined, exampleNote);
        await expect(store.moveAlias("champion", "v2", undefined, exampleNote)).rejects.toThrow(AliasMoved);
        await expect(store.moveAlias("champion", "v2", "nonsense", exampleNote)).rejects.toThrow(AliasMoved);
        const second = await store.moveAlias("champion", "v2", first.revision, exampleNote);
        await expect(store.moveAlias("champion", "v1", first.revision, exampleNote)).rejects.toThrow(AliasMoved);
        await expect(store.moveAlias("challenger", "v1", second.revision, exampleNote)).rejects.toThrow(AliasMoved);
        expect(await store.alias("champion")).toEqual(second);
      });

      it("refuses to point at a version that does not exist", async () => {
        await expect(store.moveAlias("champion", "v3", undefined, exampleNote)).rejects.toThrow(VersionNotFound);
        expect(await store.alias("champion")).toBeUndefined();
      });

      it("keeps every move of both aliases, newest first: from, to, by whom, why and on what evidence", async () => {
        expect(await store.history()).toEqual([]);
        const at = new Date(opened.now).toISOString();
        const evidence = evidenceOf(exampleModel().manifest);
        const first = await store.moveAlias("champion", "v1", undefined, { by: "train", reason: "first", evidence });
        expect(await store.history()).toEqual([
          { alias: "champion", at, from: undefined, to: "v1", by: "train", reason: "first", evidence },
        ]);
        const challenger = await store.moveAlias("challenger", "v2", undefined, { by: "train", reason: "no better" });
        const second = await store.moveAlias("champion", "v2", first.revision, { by: "ana", reason: "new app" });
        await store.moveAlias("champion", "v1", second.revision, { by: "ben", reason: "rolled back" });
        await expect(
          store.moveAlias("champion", "v2", second.revision, { by: "eve", reason: "too late" }),
        ).rejects.toThrow(AliasMoved);
        await store.moveAlias("challenger", "v2", challenger.revision, { by: "train", reason: "again" });
        const history = await (await opened.reopen()).history();
        expect(history.filter(({ alias }) => alias === "champion")).toEqual([
          { alias: "champion", at, from: "v2", to: "v1", by: "ben", reason: "rolled back" },
          { alias: "champion", at, from: "v1", to: "v2", by: "ana", reason: "new app" },
          { alias: "champion", at, from: undefined, to: "v1", by: "train", reason: "first", evidence },
        ]);
        expect(history.filter(({ alias }) => alias === "challenger")).toEqual([
          { alias: "challenger", at, from: "v2", to: "v2", by: "train", reason: "again" },
          { alias: "challenger", at, from: undefined, to: "v2", by: "train", reason: "no better" },
        ]);
      });

      it("keeps the place of a move whose record is damaged, also once the alias has been mended", async () => {
        const at = new Date(opened.now).toISOString();
        const first = await store.moveAlias("champion", "v1", undefined, { by: "ana", reason: "first" });
        await store.moveAlias("champion", "v2", first.revision, { by: "ben", reason: "second" });
        await opened.damageChampion();
        const before = { alias: "champion", at, from: undefined, to: "v1", by: "ana", reason: "first" };
        const unreadable = { alias: "champion", at: undefined, from: undefined, to: undefined, by: "unknown" };
        expect(await store.history()).toMatchObject([unreadable, before]);
        const damage = await store.alias("champion").catch((error: unknown) => error);
        if (!(damage instanceof DamagedAlias)) throw new Error("The alias is not damaged.");
        await store.moveAlias("champion", "v1", damage.revision, { by: "eve", reason: "mended" });
        expect(await store.history()).toMatchObject([{ to: "v1", by: "eve" }, unreadable, before]);
      });

      it("records what stands in for a damaged champion once, though several processes do it at once", async () => {
        const first = await store.moveAlias("champion", "v1", undefined, exampleNote);
        await store.moveAlias("champion", "v2", first.revision, exampleNote);
        await opened.overwrite("v2", "model.json", "{}");
        const others = await Promise.all([1, 2, 3].map(() => opened.reopen()));
        for (const alias of await Promise.all(others.map((other) => recordStandIn(new SoundAliases(other)))))
          expect(alias).toMatchObject({ version: "v1", previous: "v2" });
        const [last, ...former] = await store.history();
        expect(last).toMatchObject({
          from: "v2",
          to: "v1",
          by: "lapse",
          evidence: evidenceOf(artifact("v1").manifest),
        });
        expect(former).toHaveLength(2);
        expect(await recordStandIn(new SoundAliases(store))).toEqual(await store.alias("champion"));
        expect(await store.history()).toHaveLength(3);
      });

      it("lets exactly one of many simultaneous moves win, the first as well as later ones", async () => {
        const other = await opened.reopen();
        let expected: string | undefined;
        for (let round = 0; round < 3; round++) {
          const results = await Promise.allSettled(
            Array.from({ length: 8 }, (_, i) =>
              [store, other][i % 2]!.moveAlias("champion", `v${1 + (i % 2)}`, expected, exampleNote),
            ),
          );
          const winners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
          expect(winners).toHaveLength(1);
          for (const result of results)
            if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AliasMoved);
          expect(await store.alias("champion")).toEqual(winners[0]);
          expected = winners[0]?.revision;
        }
        // What lost is not recorded.
        expect(await store.history()).toHaveLength(3);
      });
    });
  });
}

function artifact(version: string): ModelArtifact {
  return { ...exampleModel({ version }), report: `<!doctype html><title>${version} – ünï</title>` };
}
