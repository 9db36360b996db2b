import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";

const { typical } = exampleManifest();
const started: ExamplePredictor[] = [];

afterEach(async () => {
  for (const predictor of started.splice(0)) await predictor.close();
});

async function start(): Promise<ExamplePredictor> {
  const predictor = await startExamplePredictor();
  started.push(predictor);
  return predictor;
}

async function servedVersion({ post }: ExamplePredictor): Promise<string> {
  const { status, body } = await post("/v1/models/churn:predict", { instances: [typical] });
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return (body as { predictions: { model_version: string }[] }).predictions[0]!.model_version;
}

describe("a new champion", () => {
  it("is swapped in under load without a failed request, and back again", async () => {
    const predictor = await start();
    for (const version of ["v2", "v3", "v4"]) await predictor.publish(version);
    await predictor.promote("v1");
    predictor.services.champion.follow(5);
    let swapping = true;
    const client = async () => {
      const seen: string[] = [];
      while (swapping) seen.push(await servedVersion(predictor));
      return seen;
    };
    const clients = [client(), client(), client(), client()];
    try {
      for (const version of ["v2", "v3", "v4", "v3"]) {
        await predictor.move(version);
        while ((await servedVersion(predictor)) !== version) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      swapping = false;
    }
    const moves = ["v1", "v2", "v3", "v4", "v3"];
    for (const seen of await Promise.all(clients)) {
      // A slow client may miss a version, but none goes back to one before the champion does.
      let next = 0;
      for (const version of seen.filter((version, i) => version !== seen[i - 1])) {
        next = moves.indexOf(version, next) + 1;
        expect(next, version).toBeGreaterThan(0);
      }
    }
  });

  it("is refused when its files were altered, while the old one serves on", async () => {
    const predictor = await start();
    await predictor.promote("v1");
    await predictor.publish("v2");
    const files = await readdir(predictor.directory, { recursive: true });
    const path = join(predictor.directory, files.find((name) => name.endsWith(join("v2", "model.onnx")))!);
    const bytes = await readFile(path);
    bytes[bytes.length - 20]! ^= 1;
    await chmod(path, 0o644);
    await writeFile(path, bytes);
    await predictor.move("v2");
    await predictor.services.champion.refresh();
    expect(await servedVersion(predictor)).toBe("v1");
    expect(predictor.logged.join()).toContain("v2");
    const direct = await predictor.post("/v2/models/churn/versions/v2/infer", {
      inputs: [{ name: "features", shape: [1, typical.length], datatype: "FP64", data: typical }],
    });
    expect(direct).toMatchObject({ status: 500, body: { error: expect.any(String) } });
  });
});
