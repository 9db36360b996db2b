import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BreakableProxy } from "#test/support/breakable-proxy.ts";
import { exampleArtifact } from "#test/support/example-artifact.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { argumentsOf } from "#test/support/running-program.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "#test/support/temporary-bucket.ts";
import { connectMinio } from "../../connections/minio/connection.ts";
import { StoreUnavailable } from "../../failures.ts";
import { CorruptModel, VersionExists, VersionNotFound } from "../failures.ts";
import { describeModelStore } from "../model-store.contract.ts";
import { MinioModelStore } from "./model-store.ts";

const now = Date.parse("2024-05-01T12:00:00Z");

describeModelStore("MinioModelStore", async () => {
  const bucket = await makeTemporaryBucket();
  return {
    models: MinioModelStore.open(bucket.connection, { now: () => now }),
    reopen: async () => MinioModelStore.open(connectMinio(bucket.options), { now: () => now }),
    overwrite: (version, file, content) => put(bucket, `churn/${version}/${file}`, content),
    damageChampion: () => put(bucket, "churn/aliases/champion.json", "{"),
    now,
    dispose: () => bucket.remove(),
  };
});

describe("models in MinIO", () => {
  let bucket: TemporaryBucket;
  let store: MinioModelStore;

  beforeEach(async () => {
    bucket = await makeTemporaryBucket();
    store = MinioModelStore.open(bucket.connection, { now: () => now });
  });

  afterEach(() => bucket.remove());

  it("are the objects of each version, its draft, and the aliases", async () => {
    await store.publish(exampleArtifact("v1"));
    const { revision } = await store.moveAlias("champion", "v1", undefined, exampleNote);
    await store.moveAlias("champion", "v1", revision, exampleNote);
    expect(await keys(bucket)).toEqual([
      "churn/aliases/champion.json",
      "churn/aliases/moves/champion/00000001.json",
      "churn/v1/model.json",
      "churn/v1/model.onnx",
      "churn/v1/report.html",
      "drafts/churn/v1.json",
    ]);
    // The former content of the alias is kept as a version of the object as well.
    expect(await keys(bucket, { IncludeVersion: true })).toHaveLength(7);
  });

  it("have the history of an alias from before its moves were counted", async () => {
    for (const version of ["v1", "v2"]) await store.publish(exampleArtifact(version));
    const movedAt = "2024-04-01T02:30:00.000Z";
    await put(bucket, "churn/aliases/champion.json", JSON.stringify({ version: "v1", previous: "v0", movedAt }));
    await store.moveAlias("champion", "v2", (await store.alias("champion"))?.revision, exampleNote);
    expect(await store.history()).toEqual([
      { alias: "champion", at: new Date(now).toISOString(), from: "v1", to: "v2", ...exampleNote },
      { alias: "champion", at: movedAt, from: "v0", to: "v1", by: "unknown", reason: "" },
    ]);
  });

  it("do not exist before their model.json does", async () => {
    const { onnx, report } = exampleArtifact("v1");
    await put(bucket, "churn/v1/model.onnx", onnx);
    await put(bucket, "churn/v1/report.html", report);
    expect(await store.versions()).toEqual([]);
    await expect(store.model("v1")).rejects.toThrow(VersionNotFound);
    await expect(store.report("v1")).rejects.toThrow(VersionNotFound);
    await expect(store.moveAlias("champion", "v1", undefined, exampleNote)).rejects.toThrow(VersionNotFound);
  });

  it("are damaged when a file is missing", async () => {
    await store.publish(exampleArtifact("v1"));
    const { client, bucket: name } = bucket.connection;
    await client.removeObject(name, "churn/v1/model.onnx");
    await client.removeObject(name, "churn/v1/report.html");
    await expect(store.model("v1")).rejects.toThrow(CorruptModel);
    await expect(store.report("v1")).rejects.toThrow(CorruptModel);
  });

  it("leave pieces of unknown origin as they are", async () => {
    await put(bucket, "churn/v1/report.html", "somebody else's");
    await expect(store.publish(exampleArtifact("v1"))).rejects.toThrow(VersionExists);
    expect(await store.versions()).toEqual([]);
  });

  it("have no damaged alias", async () => {
    await put(bucket, "churn/aliases/champion.json", "{");
    await expect(store.alias("champion")).rejects.toThrow(CorruptModel);
  });

  it("are listed beyond the thousand objects of one response", async () => {
    const versions = Array.from({ length: 1010 }, (_, i) => `v${String(i).padStart(4, "0")}`);
    for (let from = 0; from < versions.length; from += 50) {
      const some = versions.slice(from, from + 50);
      await Promise.all(some.map((version) => put(bucket, `churn/${version}/model.json`, "{}")));
    }
    expect(await store.versions()).toEqual(versions.reverse());
  });
});

describe("two publishers of one version", () => {
  let bucket: TemporaryBucket;
  let proxy: BreakableProxy;
  let store: MinioModelStore;

  beforeEach(async () => {
    bucket = await makeTemporaryBucket();
    proxy = await BreakableProxy.start(bucket.options.url);
    store = MinioModelStore.open(bucket.connection, { now: () => now });
  });

  afterEach(async () => {
    await proxy.close();
    await bucket.remove();
  });

  const steps = ["/drafts/churn/v1.json", "/v1/model.onnx", "/v1/report.html", "/v1/model.json"];
  for (const fate of ["hold", "lose the answer"] as const) {
    for (const step of steps) {
      const stored = fate === "hold" ? steps.indexOf(step) : steps.indexOf(step) + 1;
      it(`end as one when the first is killed at ${step} (${fate}), whoever comes next`, async () => {
        const atStep = reached(proxy, `PUT /${bucket.options.bucket}${step.replace("/v1/", "/churn/v1/")}`, fate);
        const child = publishInProcess({ ...bucket.options, url: proxy.url }, "first");
        await atStep;
        await until(async () => (await keys(bucket)).length === stored);
        child.kill("SIGKILL");
        await once(child, "exit");

        const isThere = stored === steps.length;
        expect(await store.versions()).toEqual(isThere ? ["v1"] : []);
        const second = store.publish(exampleArtifact("v1", "second"));
        // Where the first had not yet written its draft, the second is the only one.
        if (stored === 0) await second;
        else await expect(second).rejects.toThrow(VersionExists);
        expect(await store.versions()).toEqual(["v1"]);
        const { manifest, onnx } = await store.model("v1");
        const winner = exampleArtifact("v1", stored === 0 ? "second" : "first");
        expect(manifest).toEqual(winner.manifest);
        expect(Buffer.from(onnx).equals(winner.onnx)).toBe(true);
        expect(await store.report("v1")).toBe(winner.report);
      });
    }
  }

  it("are one when a publisher comes again with the same content after it was killed", async () => {
    const atStep = reached(proxy, `PUT /${bucket.options.bucket}/churn/v1/report.html`, "hold");
    const child = publishInProcess({ ...bucket.options, url: proxy.url }, "first");
    await atStep;
    child.kill("SIGKILL");
    await once(child, "exit");
    await store.publish(exampleArtifact("v1", "first"));
    expect((await store.model("v1")).manifest).toEqual(exampleArtifact("v1", "first").manifest);
    await expect(store.publish(exampleArtifact("v1", "first"))).rejects.toThrow(VersionExists);
  });

  it("are both refused while MinIO is away, and nothing is there of either", async () => {
    await proxy.close();
    const away = MinioModelStore.open(connectMinio({ ...bucket.options, url: proxy.url }), { now: () => now });
    await expect(away.publish(exampleArtifact("v1"))).rejects.toThrow(StoreUnavailable);
    await proxy.open();
    await away.publish(exampleArtifact("v1"));
    expect(await store.versions()).toEqual(["v1"]);
  });
});

describe("simultaneous promotions from several processes", () => {
  let bucket: TemporaryBucket;

  beforeAll(async () => {
    bucket = await makeTemporaryBucket();
  });

  afterAll(() => bucket.remove());

  it("are won by exactly one each time", async () => {
    const store = MinioModelStore.open(bucket.connection, { now: () => now });
    const versions = ["v1", "v2", "v3"];
    for (const version of versions) await store.publish(exampleArtifact(version));
    const printed = await Promise.all(
      versions.map((version) => text(run("promote-in-minio", bucket.options, version, "40").stdout)),
    );
    const attempts = printed.flatMap((lines) =>
      lines
        .trim()
        .split("\n")
        .map((line) => line.split(" ")),
    );
    const wins = attempts.filter(([outcome]) => outcome === "moved");
    const moves = new Map(wins.map(([, from, to]) => [from, to]));
    expect(attempts).toHaveLength(120);
    expect(attempts.every(([outcome]) => outcome === "moved" || outcome === "AliasMoved")).toBe(true);
    expect(attempts.some(([outcome]) => outcome === "AliasMoved")).toBe(true);
    // No two moved from the same place, and all moves make one chain from nothing to where the alias stands now.
    expect(moves.size).toBe(wins.length);
    let revision: string | undefined = "nothing";
    for (let move = 0; move < wins.length; move++) revision = moves.get(revision);
    expect(revision).toBe((await store.alias("champion"))?.revision);
    expect(await store.history()).toHaveLength(wins.length);
  });
});

type Child = ChildProcessByStdio<null, Readable, null>;

/** Resolves when a request that begins like this reaches the proxy, which then deals with it as `fate` says. */
function reached(proxy: BreakableProxy, request: string, fate: "hold" | "lose the answer"): Promise<void> {
  return new Promise((resolve) => {
    proxy.fate = (line) => {
      if (!line.startsWith(request)) return "pass";
      resolve();
      return fate;
    };
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function publishInProcess(options: TemporaryBucket["options"], making: string): Child {
  return run("publish-to-minio", options, "v1", making);
}

function run(name: string, options: TemporaryBucket["options"], ...args: readonly string[]): Child {
  return spawn(process.execPath, argumentsOf(name, JSON.stringify(options), ...args), {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function keys({ connection }: TemporaryBucket, options = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of connection.client.listObjects(connection.bucket, "", true, options)) found.push(name);
  return found.sort();
}

async function put({ connection }: TemporaryBucket, key: string, content: Uint8Array | string): Promise<void> {
  await connection.client.putObject(connection.bucket, key, Buffer.from(content));
}
