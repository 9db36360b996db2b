import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { makeRoleUser } from "#test/support/role-user.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "#test/support/temporary-bucket.ts";
import { removePrefix } from "../connections/elasticsearch/remove-prefix.ts";
import { type Stores, setUpStores } from "../open-stores.ts";
import { StoreConnections } from "../store-connections.ts";
import type { StoreOptions } from "../store-options.ts";

const time = Date.UTC(2026, 0, 1);
let folder: string;
let bucket: TemporaryBucket;
let elasticsearch: ReturnType<typeof testConnection>;
let options: StoreOptions;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-backup-"));
  bucket = await makeTemporaryBucket();
  elasticsearch = testConnection({ url: process.env.SECURED_ELASTICSEARCH_URL ?? "" });
  options = { dataDir: join(folder, "data"), elasticsearch: elasticsearch.options, minio: bucket.options };
  stores = await setUpStores(options, () => time);
});

afterEach(async () => {
  await stores.close();
  await removePrefix(elasticsearch);
  await elasticsearch.close();
  await bucket.remove();
  await rm(folder, { recursive: true });
});

const backup = () => join(folder, "backup");
const take = () => stores.backUp(backup(), { lapse: "0.0.0" });

async function restore(replace: boolean, from = backup()): Promise<void> {
  const connections = new StoreConnections(options, () => time);
  try {
    await connections.restore(from, { replace, kept: [] });
  } finally {
    await connections.close();
  }
}

async function held() {
  await stores.actions.rollUp();
  return {
    histories: [...(await stores.actions.historiesOf(["ann", "ben"])).entries()],
    ledger: await stores.ledger.entriesOf("ann"),
    letters: await stores.deadLetters.list(),
    versions: await stores.models.versions(),
    model: (await stores.models.model("v1")).manifest.version,
    champion: (await stores.models.alias("champion"))?.version,
    history: await stores.models.history(),
  };
}

async function fill(): Promise<void> {
  await stores.actions.append([
    { userId: "ann", action: "login", time },
    { userId: "ann", action: "buy", time: Date.UTC(2025, 5, 1), value: 3 },
  ]);
  await stores.ledger.append([
    { userId: "ann", snapshot: 20_454, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 },
  ]);
  await stores.deadLetters.record({ event: { id: "a", source: "app", type: "t", data: 1 }, recordedAt: time });
  for (const version of ["v1", "v2"]) await stores.models.publish({ ...exampleModel({ version }), report: "<html>" });
  const first = await stores.models.moveAlias("champion", "v2", undefined, exampleNote);
  await stores.models.moveAlias("champion", "v1", first.revision, exampleNote);
}

it("brings back everything after all indices and the bucket were lost", async () => {
  await fill();
  const before = await held();
  const { contents } = await take();
  expect(contents).toMatchObject({ actions: 2, ledger: 1, "dead-letters": 1, versions: 2 });
  await removePrefix(elasticsearch);
  await bucket.remove();
  await restore(false);
  expect(await held()).toEqual(before);
  // The aliases can be moved on, and actions be recorded: what is sent again is known.
  const champion = await stores.models.alias("champion");
  await stores.models.moveAlias("champion", "v2", champion?.revision, exampleNote);
  expect(await stores.actions.append([{ userId: "ann", action: "login", time }])).toEqual([{ status: "duplicate" }]);
});

it("takes the place of what is there only if it is told to", async () => {
  await fill();
  const before = await held();
  await take();
  await stores.actions.append([{ userId: "ben", action: "login", time }]);
  await stores.models.publish({ ...exampleModel({ version: "v3" }), report: "<html>" });
  await expect(restore(false)).rejects.toThrow(/is not empty/);
  expect([...(await held()).histories]).toHaveLength(2);
  await restore(true);
  expect(await held()).toEqual(before);
});

it("holds every action that was acknowledged before it, while more are stored", async () => {
  await fill();
  const old = Array.from({ length: 12_000 }, (_, i) => `old-${i}`);
  await stores.actions.append(old.map((userId) => ({ userId, action: "login", time })));
  let isOver = false;
  const load = (async () => {
    for (let i = 0; !isOver; i++) await stores.actions.append([{ userId: `new-${i}`, action: "login", time }]);
  })();
  await take();
  isOver = true;
  await load;
  await restore(true);
  await stores.actions.rollUp();
  expect((await stores.actions.historiesOf(old)).size).toBe(12_000);
});

it("changes nothing when a file of the backup is altered", async () => {
  await fill();
  const before = await held();
  await take();
  const path = join(backup(), "documents", "00000001.ndjson.gz");
  const content = await readFile(path);
  await writeFile(path, content.subarray(0, -1));
  await expect(restore(true)).rejects.toThrow(/does not agree with its checksum/);
  expect(await held()).toEqual(before);
});

it("is taken by the CronJob's own command, with the rights of the functions, which keeps the last 14", async () => {
  await fill();
  await stores.audit.append({ id: "1", at: time, action: "users.erased", who: "ana", from: "laptop" });
  const before = await held();
  const volume = join(folder, "backups");
  const old = Array.from({ length: 15 }, (_, i) => `2025-12-${10 + i}T04-30-00Z`);
  for (const name of [...old, ".2025-12-25T04-30-00Z-unfinished-1"])
    await mkdir(join(volume, name, "documents"), { recursive: true });
  // What the image has on its path.
  await writeFile(join(folder, "lapse"), `#!/bin/sh\nexec "${process.execPath}" scripts/run.mjs "$@"\n`, {
    mode: 0o755,
  });
  const [shell, flags, script] = containerSchema.parse(parse(await readFile(cronJob, "utf8"))).command;
  const user = await makeRoleUser(elasticsearch, "lapse");
  const { url, accessKey, secretKey, bucket: name } = bucket.options;
  const job = new RunningProgram(shell, [flags, script.replaceAll("/backups", volume)], {
    PATH: `${folder}:${process.env.PATH}`,
    ELASTICSEARCH_URL: user.url,
    ELASTICSEARCH_PREFIX: elasticsearch.options.prefix,
    ELASTICSEARCH_USERNAME: user.auth.username,
    ELASTICSEARCH_PASSWORD: user.auth.password,
    MINIO_URL: url,
    MINIO_ACCESS_KEY: accessKey,
    MINIO_SECRET_KEY: secretKey,
    MINIO_BUCKET: name,
  });
  expect(await job.ended, job.messages.join("\n")).toBe(0);
  await user.remove();
  const left = (await readdir(volume)).sort();
  expect(left.slice(0, 13)).toEqual(old.slice(2));
  expect(left).toHaveLength(14);
  await removePrefix(elasticsearch);
  await restore(true, join(volume, left[13] ?? ""));
  expect(await held()).toEqual(before);
  const audited = [];
  for await (const { action } of stores.audit.entries()) audited.push(action);
  expect(audited).toEqual(["users.erased"]);
});

const cronJob = fileURLToPath(new URL("../../../deploy/backup/cron-job.yaml", import.meta.url));

/** Of the CronJob's one container: a shell, its flags and the script. */
const containerSchema = z
  .object({
    spec: z.object({
      jobTemplate: z.object({
        spec: z.object({
          template: z.object({
            spec: z.object({
              containers: z.tuple([z.object({ command: z.tuple([z.string(), z.string(), z.string()]) })]),
            }),
          }),
        }),
      }),
    }),
  })
  .transform(({ spec }) => spec.jobTemplate.spec.template.spec.containers[0]);

it("keeps the backup in another bucket of the same server", async () => {
  const other = await makeTemporaryBucket();
  try {
    const place = `s3://${other.options.bucket}/nightly/monday`;
    await fill();
    const before = await held();
    await stores.backUp(place, { lapse: "0.0.0" });
    await expect(stores.backUp(place, { lapse: "0.0.0" })).rejects.toThrow(/is not empty/);
    await removePrefix(elasticsearch);
    await expect(restore(true, `${place}-not`)).rejects.toThrow(/There is no backup/);
    await restore(true, place);
    expect(await held()).toEqual(before);
    await other.connection.client.removeObject(other.options.bucket, "nightly/monday/documents/00000001.ndjson.gz");
    await expect(restore(true, place)).rejects.toThrow(/cannot be read/);
  } finally {
    await other.remove();
  }
});

it("has Elasticsearch copy its own documents, where it has a snapshot repository", async () => {
  const repository = elasticsearch.options.prefix;
  // Under a path that the server may keep snapshots in: `path.repo` in its settings.
  const location = `${process.env.ELASTICSEARCH_REPOSITORY_PATH}/${repository}`;
  const place = { type: "fs", settings: { location } } as const;
  await elasticsearch.run("make a repository", (client) =>
    client.snapshot.createRepository({ name: repository, repository: place }),
  );
  try {
    await fill();
    const before = await held();
    await expect(stores.backUp(backup(), { lapse: "0.0.0", repository: "none" })).rejects.toThrow(
      /no snapshot repository/,
    );
    await stores.backUp(backup(), { lapse: "0.0.0", repository });
    await stores.actions.append([{ userId: "ben", action: "login", time }]);
    await expect(restore(false)).rejects.toThrow(/is not empty/);
    await restore(true);
    expect(await held()).toEqual(before);
    await removePrefix(elasticsearch);
    await bucket.remove();
    await restore(false);
    expect(await held()).toEqual(before);
  } finally {
    await elasticsearch.run("remove snapshots", (client) => client.snapshot.delete({ repository, snapshot: "*" }));
    await elasticsearch.run("remove the repository", (client) =>
      client.snapshot.deleteRepository({ name: repository }),
    );
  }
});
