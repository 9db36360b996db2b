import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionEvent } from "#runtime/event-kinds.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { RunningProgram } from "#test/support/running-program.ts";

/**
 * Writes V8's code cache of each function beside its bundle in `directory`: `<name>.cache`, for this version of Node.
 * Each is run twice for it, on the embedded stores and on servers that are not there, so that the code for both is in
 * it. Throws when a function does not start or leaves no cache.
 */
export async function writeCodeCaches(directory: string, names: readonly string[]): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "lapse-code-cache-"));
  try {
    await publishExample(join(data, "models"));
    for (const name of names) {
      await warm(directory, name, { DATA_DIR: data });
      await warm(directory, name, nowhere);
      await stat(join(directory, `${name}.cache`));
    }
  } finally {
    await rm(data, { recursive: true });
  }
}

/** Port 9 discards what it gets, where anybody listens at all. */
const nowhere = {
  ELASTICSEARCH_URL: "http://127.0.0.1:9",
  ELASTICSEARCH_RETRY_MS: "0",
  MINIO_URL: "http://127.0.0.1:9",
  MINIO_ACCESS_KEY: "nobody",
  MINIO_SECRET_KEY: "nothing",
};

async function publishExample(folder: string): Promise<void> {
  const models = await DirectoryModelStore.open(folder, { now: Date.now });
  const model = exampleModel();
  await models.publish({ ...model, report: "" });
  await models.moveAlias("champion", model.manifest.version, undefined, { by: "build", reason: "to warm the code up" });
}

/** Starts a function, sends it a request of every kind and ends it. */
async function warm(directory: string, name: string, stores: Readonly<Record<string, string>>): Promise<void> {
  // With a seed of its own in each build, V8 would hash and so lay out the same code differently.
  const program = new RunningProgram(process.execPath, ["--random-seed=1", join(directory, "run.cjs"), name], {
    PORT: "0",
    LOG_LEVEL: "info",
    LAPSE_CODE_CACHE: "write",
    // Some functions need one to start; none sends anything here.
    BROKER_URL: "http://127.0.0.1:9",
    ...stores,
  });
  const url = `http://127.0.0.1:${await program.says(/"server\.port":(\d+)/)}`;
  for (const { path, init } of requests(name)) await (await fetch(url + path, init)).arrayBuffer();
  await program.end();
}

function requests(name: string): { path: string; init?: RequestInit }[] {
  const always = [{ path: "/healthz" }, { path: "/metrics" }];
  if (name !== "predict") return [{ path: "/", init: post(event) }, ...always];
  const user = { user_id: "u1" };
  const actions = [{ action: "login", timestamp: "2024-05-31T10:00:00Z" }];
  return [
    { path: "/v2/health/ready" },
    { path: "/v1/models/churn:predict", init: post({ instances: [user, { actions }] }) },
    { path: "/v1/models/churn:predict", init: post({ instances: [{ actions }] }) },
    ...always,
  ];
}

/** Every function takes an event, and knows one it can do nothing with. */
const event = { specversion: "1.0", type: actionEvent.type, source: "/build", id: "1" };

function post(body: unknown): RequestInit {
  const type = body === event ? "application/cloudevents+json" : "application/json";
  return { method: "POST", headers: { "content-type": type }, body: JSON.stringify(body) };
}
