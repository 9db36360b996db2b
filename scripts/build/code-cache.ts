import { stat } from "node:fs/promises";
import { join } from "node:path";
import { actionEvent } from "#runtime/event-kinds.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { startStandInServers } from "#test/support/stand-in-servers.ts";

/**
 * Writes V8's code cache of each function beside its bundle in `directory`: `<name>.cache`, for this version of Node.
 * Each is run for it as in a cluster, from its start to its first responses, on servers that respond as Elasticsearch and MinIO do: what
 * is not compiled then is compiled when a request waits, and what is compiled besides is read at every start. Throws when a
 * function does not start or leaves no cache.
 */
export async function writeCodeCaches(directory: string, names: readonly string[]): Promise<void> {
  const servers = await startStandInServers({ ...exampleModel(), report: "" });
  try {
    for (const name of names) {
      await warm(directory, name, servers.environment);
      await stat(join(directory, `${name}.cache`));
    }
  } finally {
    await servers.close();
  }
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
  const always = [{ path: "/readyz" }, { path: "/healthz" }, { path: "/metrics" }];
  const action = { action: "login", timestamp: "2024-05-31T10:00:00Z" };
  switch (name) {
    case "predict":
      return [
        { path: "/v2/health/ready" },
        { path: "/v1/models/churn:predict", init: post({ instances: [{ actions: [action] }] }) },
        { path: "/v1/models/churn:predict", init: post({ instances: [exampleModel().manifest.typical] }) },
        { path: "/v1/models/churn:predict", init: post({ instances: [{ user_id: "u1" }] }) },
        ...always,
      ];
    case "ingest":
      return [
        { path: "/", init: post({ user_id: "u1", ...action }) },
        { path: "/", init: post({ ...event, subject: "u1", data: action }, "application/cloudevents+json") },
        ...always,
      ];
    default:
      // One that they know, and can do nothing with.
      return [{ path: "/", init: post(event, "application/cloudevents+json") }, ...always];
  }
}

const event = { specversion: "1.0", type: actionEvent.type, source: "/build", id: "1" };

function post(body: unknown, type = "application/json"): RequestInit {
  return { method: "POST", headers: { "content-type": type }, body: JSON.stringify(body) };
}
