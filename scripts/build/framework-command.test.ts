import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { functions } from "#local/functions.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";

const require = createRequire(import.meta.url);
const command = join(dirname(require.resolve("@google-cloud/functions-framework")), "main.js");
let directory: string;
let program: RunningProgram | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lapse-framework-"));
});

afterEach(async () => {
  await program?.end("SIGKILL");
  await rm(directory, { recursive: true });
});

it.each(functions.map(({ name }) => name))(
  "functions-framework --target=%s serves the function from its source",
  async (name) => {
    const url = await start(name);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "alive" });
    const { status, path, route = path, ...init } = requestFor(name);
    const answer = await fetch(url + path, { method: "POST", ...init });
    expect([answer.status, answer.headers.get("x-request-id")]).toEqual([status, expect.any(String)]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(`lapse_requests_total{function="${name}",route="${route}",status="${status}"} 1`);
  },
);

/** Starts the command as its users do, on the function's source. */
async function start(name: string): Promise<string> {
  const port = await freePort();
  const source = resolve("functions", name, "main.ts");
  const args = ["--import", "tsx", command, `--target=${name}`, `--source=${source}`, `--port=${port}`];
  // Who sends events must know where to; nothing is sent here.
  const settings = { DATA_DIR: directory, LOG_LEVEL: "error", BROKER_URL: "http://127.0.0.1:9/" };
  program = new RunningProgram(process.execPath, args, settings, resolve("."));
  await program.says(/(Serving function)/);
  return `http://127.0.0.1:${port}`;
}

/** Something that each function has an answer to without a model and without a log. */
function requestFor(name: string): RequestInit & { status: number; path: string; route?: string } {
  const event = {
    specversion: "1.0",
    id: "1",
    source: "/shop",
    type: actionEvent.type,
    subject: "u1",
    time: "2024-03-01T11:00:00Z",
    data: { action: "login" },
  };
  const structured = {
    path: "/",
    headers: { "content-type": "application/cloudevents+json" },
    body: JSON.stringify(event),
  };
  switch (name) {
    case "predict":
      return {
        status: 503,
        path: "/v1/models/churn:predict",
        headers: { "content-type": "application/json" },
        body: '{"instances":[]}',
      };
    case "desk":
      // There is no version to put into service.
      return {
        status: 404,
        path: "/v1/versions/v1/promote",
        route: "/v1/versions/:version/promote",
        headers: { "content-type": "application/json" },
        body: '{"reason":"it is better"}',
      };
    case "ingest":
    case "dead-letters":
      return { ...structured, status: 204 };
    default:
      // They take other events.
      return { ...structured, status: 400 };
  }
}
