import { readFile } from "node:fs/promises";
import { AssumeRoleProvider } from "minio/dist/esm/AssumeRoleProvider.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleArtifact } from "#test/support/example-artifact.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "#test/support/temporary-bucket.ts";
import { connectMinio, type MinioConnection } from "../../connections/minio/connection.ts";
import { setUpMinio } from "../../connections/minio/set-up.ts";
import { StoreUnavailable } from "../../failures.ts";
import { MinioModelStore } from "./model-store.ts";

// MinIO gives out temporary credentials that may do what a policy allows and nothing else, which takes no admin client.

let bucket: TemporaryBucket;
let trainer: MinioConnection;
let predictor: MinioConnection;

beforeAll(async () => {
  bucket = await makeTemporaryBucket();
  trainer = await connectionAs("trainer", bucket);
  predictor = await connectionAs("predictor", bucket);
  const { client, bucket: name } = bucket.connection;
  await client.putObject(name, "others/secret.txt", "not of lapse");
});

afterAll(() => bucket.remove());

describe("the policy of the trainer", () => {
  it("lets it publish versions, move aliases and read both", async () => {
    const store = open(trainer);
    await store.publish(exampleArtifact("v1"));
    await store.publish(exampleArtifact("v2"));
    const first = await store.moveAlias("champion", "v1", undefined, exampleNote);
    await store.moveAlias("champion", "v2", first.revision, exampleNote);
    await store.moveAlias("challenger", "v1", undefined, exampleNote);
    expect(await store.versions()).toEqual(["v2", "v1"]);
    expect((await store.model("v1")).manifest.version).toBe("v1");
    expect(await store.report("v1")).toBe(exampleArtifact("v1").report);
  });

  it("lets it finish what another publisher has begun", async () => {
    const { client, bucket: name } = bucket.connection;
    const other = exampleArtifact("v3", "of another");
    await open(bucket.connection).publish(other);
    for (const file of ["report.html", "model.json"]) await client.removeObject(name, `churn/v3/${file}`);
    await expect(open(trainer).publish(exampleArtifact("v3"))).rejects.toThrow("there is a model version of that name");
    expect((await open(trainer).model("v3")).manifest).toEqual(other.manifest);
  });

  it("keeps it from removing anything, even what it wrote itself", async () => {
    const versionId = await versionOf("churn/v1/model.onnx");
    await refused(trainer, (client, name) => client.removeObject(name, "churn/v1/model.onnx"));
    await refused(trainer, (client, name) => client.removeObject(name, "churn/v1/model.onnx", { versionId }));
    await refused(trainer, (client, name) => client.removeObject(name, "churn/aliases/champion.json"));
    await refused(trainer, (client, name) => client.removeObject(name, "drafts/churn/v1.json"));
    expect((await open(predictor).model("v1")).manifest.version).toBe("v1");
  });

  it("keeps every content of a version, whatever it writes over it", async () => {
    const { onnx } = exampleArtifact("v1");
    const versionId = await versionOf("churn/v1/model.onnx");
    // No policy of MinIO can ask for If-None-Match, which lapse always sends; so the bucket's versions have to do.
    await trainer.client.putObject(trainer.bucket, "churn/v1/model.onnx", Buffer.from("altered"));
    await expect(open(predictor).model("v1")).rejects.toThrow("does not agree with its sha256");
    await refused(trainer, (client, name) => client.removeObject(name, "churn/v1/model.onnx", { versionId }));
    await refused(trainer, (client, name) => client.setBucketVersioning(name, { Status: "Suspended" }));
    const { client, bucket: name } = bucket.connection;
    await client.removeObject(name, "churn/v1/model.onnx", { versionId: await versionOf("churn/v1/model.onnx") });
    expect(Buffer.from((await open(predictor).model("v1")).onnx).equals(onnx)).toBe(true);
  });

  it("keeps it from writing anything else, and from the bucket's settings", async () => {
    for (const key of ["other", "churn/v1/other.txt", "churn/aliases/other.json", "others/secret.txt"]) {
      await refused(trainer, (client, name) => client.putObject(name, key, "a"));
    }
    await refused(trainer, (client, name) => client.setBucketPolicy(name, "{}"));
    await refused(trainer, (client, name) => client.removeBucket(name));
    await refused(trainer, (client) => client.makeBucket(`lapse-test-more-${Date.now()}`));
    await expect(setUpMinio(trainer)).rejects.toThrow(StoreUnavailable);
  });
});

describe("the policy of the predictor", () => {
  it("lets it read all models", async () => {
    const store = open(predictor);
    expect((await store.alias("champion"))?.version).toBe("v2");
    expect(await store.versions()).toEqual(["v3", "v2", "v1"]);
    expect((await store.model("v2")).manifest.version).toBe("v2");
    expect(await store.report("v2")).toBe(exampleArtifact("v2").report);
    await expect(store.model("v9")).rejects.toThrow("There is no model version v9");
  });

  it("keeps it from changing anything", async () => {
    const store = open(predictor);
    await expect(store.publish(exampleArtifact("v4"))).rejects.toThrow("Check the policy of the user");
    const champion = await store.alias("champion");
    await expect(store.moveAlias("champion", "v1", champion?.revision, exampleNote)).rejects.toThrow(
      "Check the policy",
    );
    await refused(predictor, (client, name) => client.removeObject(name, "churn/v1/model.onnx"));
    await refused(predictor, (client, name) => client.putObject(name, "churn/v1/model.onnx", "a"));
  });

  it("keeps it from everything else in the bucket", async () => {
    await refused(predictor, (client, name) => client.getObject(name, "others/secret.txt"));
    await refused(predictor, (client, name) => client.getObject(name, "drafts/churn/v1.json"));
    await refused(predictor, (client, name) => client.listObjectsV2Query(name, "", "", "", 10, ""));
  });
});

function open(connection: MinioConnection): MinioModelStore {
  return MinioModelStore.open(connection, { now: Date.now });
}

async function refused(
  { client, bucket: name }: MinioConnection,
  work: (client: MinioConnection["client"], bucket: string) => Promise<unknown>,
): Promise<void> {
  await expect(work(client, name)).rejects.toMatchObject({ code: "AccessDenied" });
}

async function versionOf(key: string): Promise<string> {
  const { client, bucket: name } = bucket.connection;
  const { versionId } = await client.statObject(name, key);
  return versionId ?? "none";
}

/** A connection that may do what the file of that name in deploy/minio/policies allows, on the bucket of the test. */
async function connectionAs(role: string, { options }: TemporaryBucket): Promise<MinioConnection> {
  const path = new URL(`../../../../deploy/minio/policies/${role}.json`, import.meta.url);
  const policy = (await readFile(path, "utf8")).replaceAll("arn:aws:s3:::lapse", `arn:aws:s3:::${options.bucket}`);
  const provider = new AssumeRoleProvider({
    stsEndpoint: options.url,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    policy: JSON.stringify(JSON.parse(policy)),
  });
  const { accessKey, secretKey, sessionToken } = await provider.getCredentials();
  return connectMinio({ ...options, accessKey, secretKey, sessionToken });
}
