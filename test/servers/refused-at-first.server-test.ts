import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { BreakableProxy } from "../support/breakable-proxy.ts";
import { testConnection } from "../support/elasticsearch-connection.ts";
import { exampleManifest, exampleModel } from "../support/example-model.ts";
import { exampleNote } from "../support/example-note.ts";
import { RunningProgram } from "../support/running-program.ts";

const { definition, features: names, typical } = exampleManifest();
const direct = testConnection();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-refused-"));
  const stores = await setUpStores({ dataDir: folder, elasticsearch: direct.options }, Date.now);
  await stores.features.putSet({ id: "set", snapshot: 19_875, definition, populations: [definition.churn], names });
  await stores.features.put("set", [{ userId: "ana", lapsed: [null], values: typical }]);
  await stores.features.completeSet("set");
  await stores.models.publish({ ...exampleModel({ version: "v1" }), report: "<html></html>" });
  await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
  // The first reads of new indices take longer.
  await stores.features.revision();
  await stores.features.get(["ana"]);
  await stores.close();
});
afterAll(async () => {
  await removePrefix(direct);
  await direct.close();
  await rm(folder, { recursive: true });
});

/**
 * The response of a function whose first request comes while Elasticsearch refuses connections, as it does to a new pod until the
 * network knows it. It takes them `seconds` after the request was sent, or never.
 */
async function firstAnswer(name: string, path: string, sent: unknown, seconds?: number) {
  const proxy = await BreakableProxy.start(direct.options.url);
  await proxy.close();
  const program = RunningProgram.ofFunction(`${name}/main.ts`, {
    ELASTICSEARCH_URL: proxy.url,
    ELASTICSEARCH_PREFIX: direct.options.prefix,
    DATA_DIR: folder,
    PORT: "0",
    // How fast this machine loads the client must not decide; what is waited for beside it is tested in functions/predict.
    ELASTICSEARCH_TIMEOUT_MS: "20000",
  });
  try {
    const url = `http://127.0.0.1:${await program.says(/"server\.port":(\d+)/)}`;
    await program.answers(`${url}/readyz`);
    const opening = seconds === undefined ? undefined : sleep(seconds * 1_000).then(() => proxy.open());
    const began = performance.now();
    const headers = { "content-type": "application/json" };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(sent) });
    const took = (performance.now() - began) / 1_000;
    const { status } = response;
    const body: unknown = status === 204 ? undefined : JSON.parse((await response.text()) || "null");
    await opening;
    return { status, body, took };
  } finally {
    await program.end("SIGKILL");
    if (seconds !== undefined) await proxy.close();
  }
}

describe.each([1.8, 2.5])("a pod whose first connections to Elasticsearch are refused for %s s", (seconds) => {
  it("predicts for a stored user in its first response, as soon as it is let through", async () => {
    const sent = { instances: [{ user_id: "ana" }] };
    const { status, body, took } = await firstAnswer("predict", "/v1/models/churn:predict", sent, seconds);
    expect({ status, body }).toMatchObject({ status: 200, body: { predictions: [{ user_id: "ana", risk: "low" }] } });
    expect(took).toBeGreaterThan(seconds);
  });

  it("stores the actions of its first request, as soon as it is let through", async () => {
    const sent = [{ user_id: `ana-${seconds}`, action: "login", timestamp: "2026-05-20T10:00:00Z" }];
    const { status, took } = await firstAnswer("ingest", "/", sent, seconds);
    expect(status).toBe(200);
    expect(took).toBeGreaterThan(seconds);
  });
});

it("a pod that is refused for longer says in its first response that the store is away", async () => {
  const sent = { instances: [{ user_id: "ana" }] };
  const { status, took } = await firstAnswer("predict", "/v1/models/churn:predict", sent);
  expect(status).toBe(503);
  expect(took).toBeGreaterThan(2.5);
});
