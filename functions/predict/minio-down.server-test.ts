import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectMinio } from "#stores/connections/minio/connection.ts";
import { MinioModelStore } from "#stores/models/minio/model-store.ts";
import { BreakableProxy } from "#test/support/breakable-proxy.ts";
import { exampleManifest, exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "#test/support/temporary-bucket.ts";

const { typical } = exampleManifest();

describe("a predictor whose MinIO is away", () => {
  let bucket: TemporaryBucket;
  let proxy: BreakableProxy;
  let predictor: ExamplePredictor;
  /** Moved on by a second with each look at the alias, as if POLL_MS were that. */
  const clock = { time: Date.parse("2024-06-01T12:00:00Z") };
  let looks = 0;

  beforeEach(async () => {
    bucket = await makeTemporaryBucket();
    proxy = await BreakableProxy.start(bucket.options.url);
    const now = () => clock.time;
    const throughProxy = { ...bucket.options, url: proxy.url, timeoutMilliseconds: 1000 };
    const models = MinioModelStore.open(connectMinio(throughProxy), { now });
    const alias = models.alias.bind(models);
    models.alias = (name) => {
      looks += 1;
      clock.time += 1000;
      return alias(name);
    };
    predictor = await startExamplePredictor({ models, now });
  });

  afterEach(async () => {
    await predictor.close();
    await proxy.close();
    await bucket.remove();
  });

  it("predicts on for ten minutes, and then takes the model that was promoted meanwhile", async () => {
    await promoteElsewhere("v1");
    await predictor.services.champion.refresh();
    predictor.services.champion.follow(1);

    await proxy.close();
    await promoteElsewhere("v2");
    const before = looks;
    let predictions = 0;
    for (; looks < before + 600; predictions++) expect(await served()).toEqual({ status: 200, version: "v1" });
    expect(predictions).toBeGreaterThan(10);
    const warnings = predictor.logged.filter((line) => line.includes("The model store does not respond"));
    expect(warnings.length).toBeGreaterThanOrEqual(10);
    expect(warnings.length).toBeLessThanOrEqual(12);
    expect(warnings[0]).toContain("Check MINIO_URL");

    await proxy.open();
    await untilServed("v2", "v1");
    expect(predictor.logged.join()).toContain("The model store responds again.");
  });

  it("predicts on when MinIO neither answers nor refuses, or breaks off", async () => {
    await promoteElsewhere("v1");
    await predictor.services.champion.refresh();
    predictor.services.champion.follow(1);
    const fates = ["hold", "lose the answer", "reset"] as const;
    for (const [index, fate] of fates.entries()) {
      const [old, next] = [`v${index + 1}`, `v${index + 2}`];
      proxy.fate = () => fate;
      // The look that is under way may still have gone through.
      const before = looks + 1;
      while (looks === before - 1) expect((await served()).status).toBe(200);
      await promoteElsewhere(next);
      while (looks < before + 2) expect(await served()).toEqual({ status: 200, version: old });
      proxy.fate = () => "pass";
      await untilServed(next, old);
    }
  });

  it("starts, is not ready, and takes the model once MinIO is there", async () => {
    await promoteElsewhere("v1");
    await proxy.close();
    await predictor.services.champion.refresh();
    predictor.services.champion.follow(1);
    expect(predictor.services.champion.ready).toBe(false);
    expect((await served()).status).toBe(503);
    await proxy.open();
    await untilServed("v1");
  });

  it("keeps its model when that of the new champion was cut short", async () => {
    await promoteElsewhere("v1");
    await predictor.services.champion.refresh();
    await promoteElsewhere("v2");
    const { onnx } = exampleModel({ version: "v2" });
    const { client, bucket: name } = bucket.connection;
    await client.putObject(name, "churn/v2/model.onnx", Buffer.from(onnx.subarray(0, -1)));
    await predictor.services.champion.refresh();
    expect(await served()).toEqual({ status: 200, version: "v1" });
    expect(predictor.logged.join()).toContain("does not agree with its sha256");
  });

  /** Publishes a version and points the champion at it, not by way of the proxy. */
  async function promoteElsewhere(version: string): Promise<void> {
    const models = MinioModelStore.open(bucket.connection, { now: () => clock.time });
    await models.publish({ ...exampleModel({ version }), report: "<p>report</p>" });
    await models.moveAlias("champion", version, (await models.alias("champion"))?.revision, exampleNote);
  }

  async function served(): Promise<{ status: number; version: string | undefined }> {
    const { status, body } = await predictor.post("/v1/models/churn:predict", { instances: [typical] });
    const { predictions = [] } = body as { predictions?: { model_version: string }[] };
    return { status, version: predictions[0]?.model_version };
  }

  /** Predicts until `version` answers; nobody else may but `old`. */
  async function untilServed(version: string, old?: string): Promise<void> {
    for (;;) {
      const answer = await served();
      if (answer.version === version) return;
      expect(answer).toEqual(old === undefined ? { status: 503, version: undefined } : { status: 200, version: old });
    }
  }
});
