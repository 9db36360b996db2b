import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLapse, type Lapse } from "#local/lapse.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { testConnection } from "../support/elasticsearch-connection.ts";
import { exampleManifest, exampleModel } from "../support/example-model.ts";
import { exampleNote } from "../support/example-note.ts";
import { RunningProgram } from "../support/running-program.ts";

const { definition, features: names, typical } = exampleManifest();
const direct = testConnection();
const forward = fileURLToPath(new URL("../support/programs/forward.mjs", import.meta.url));

let folder: string;
/** Stands for Elasticsearch, which others use as well and which is not to be stopped. */
let inFront: RunningProgram;
let lapse: Lapse;
let url: string;

beforeAll(async () => {
  const { hostname, port } = new URL(direct.options.url);
  inFront = new RunningProgram(process.execPath, [forward, hostname, port]);
  const options = { ...direct.options, url: `http://127.0.0.1:${await inFront.says(/port (\d+)/)}` };
  folder = await mkdtemp(join(tmpdir(), "lapse-stopped-"));
  const stores = await setUpStores({ dataDir: folder, elasticsearch: options }, Date.now);
  await stores.features.putSet({ id: "set", snapshot: 19_875, definition, populations: [definition.churn], names });
  const stored = ["ana", "ben"].map((userId) => ({ userId, lapsed: [null], values: typical }));
  await stores.features.put("set", stored);
  await stores.features.completeSet("set");
  await stores.models.publish({ ...exampleModel({ version: "v1" }), report: "<html></html>" });
  await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
  let id = 0;
  lapse = await createLapse({
    stores,
    churn: definition.churn,
    logger: pino({ level: "silent" }),
    now: Date.now,
    newId: () => `id-${id++}`,
    environment: { ELASTICSEARCH_URL: options.url },
    drainMilliseconds: 1_000,
  });
  await lapse.refresh();
  url = await lapse.server.listen({ host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  inFront.process.kill("SIGCONT");
  await lapse.close();
  await inFront.end("SIGKILL");
  await removePrefix(direct);
  await direct.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly seconds: number;
}

async function post(path: string, sent: unknown): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(sent),
  });
  const body: unknown = await response.json();
  return { status: response.status, body, seconds: (performance.now() - began) / 1_000 };
}

const predict = (instance: unknown) => post("/v1/models/churn:predict", { instances: [instance] });
const explain = (instance: unknown) => post("/v1/models/churn:explain", { instances: [instance] });
const infer = (userId: string) =>
  post("/v2/models/churn/infer", { inputs: [{ name: "user_id", datatype: "BYTES", shape: [1], data: [userId] }] });

/** Each way to ask for a user by id. */
const ways: readonly ((userId: string) => Promise<Answer>)[] = [
  (userId) => predict({ user_id: userId }),
  (userId) => explain({ user_id: userId }),
  infer,
];

it("in one process a prediction by id ends within the predictor's deadline while Elasticsearch is stopped by SIGSTOP", async () => {
  for (const ask of ways) expect(await ask("ana")).toMatchObject({ status: 200 });
  inFront.process.kill("SIGSTOP");
  // Of a user who is not in memory, on connections that were open, and on new ones.
  const answers = await Promise.all(ways.flatMap((ask) => Array.from({ length: 20 }, () => ask("ben"))));
  expect(answers).toHaveLength(60);
  for (const { status, body, seconds } of answers) {
    expect(status).toBe(503);
    expect(body).toHaveProperty("error");
    // ELASTICSEARCH_TIMEOUT_MS of the predictor is 2 s; the others' is 30 s. Between them is what a busy machine takes for 60.
    expect(seconds).toBeLessThan(15);
  }
  // What needs no store goes on, and so do users in memory, for a while.
  expect(await predict(typical)).toMatchObject({ status: 200 });
  expect(await explain(typical)).toMatchObject({ status: 200 });
  for (const ask of ways) expect(await ask("ana")).toMatchObject({ status: 200 });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  inFront.process.kill("SIGCONT");
  for (const ask of ways) await expect.poll(async () => (await ask("ben")).status).toBe(200);
});
