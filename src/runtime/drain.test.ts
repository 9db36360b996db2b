import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exampleManifest, vectorAway } from "#test/support/example-model.ts";
import { leaveDataFolder } from "#test/support/former-start.ts";
import { RunningProgram } from "#test/support/running-program.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-drain-"));
});
afterEach(() => rm(folder, { recursive: true }));

interface Outcomes {
  /** By status. */
  readonly answered: Map<number, number>;
  /** Of requests that were sent on an open connection, and got no response. */
  readonly broken: string[];
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => string;
}

const json = { "content-type": "application/json" };

/** Sends one request after the other until none can connect any more. */
async function keepSending(
  port: number,
  { method, path, headers = json, body }: Call,
  agent: Agent | undefined,
  outcomes: Outcomes,
): Promise<void> {
  for (;;) {
    const status = await new Promise<number | "refused" | "broken">((resolve) => {
      const sent = request({ port, host: "127.0.0.1", path, method, headers, agent }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("error", () => resolve("broken"));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ECONNREFUSED") return resolve("refused");
        outcomes.broken.push(String(error.code));
        resolve("broken");
      });
      sent.end(body?.());
    });
    if (status === "refused") return;
    if (typeof status === "number") outcomes.answered.set(status, (outcomes.answered.get(status) ?? 0) + 1);
  }
}

let id = 0;
const ingest: Call = {
  method: "POST",
  path: "/events",
  body: () => JSON.stringify({ user_id: `u${id++}`, action: "login", timestamp: Date.now() }),
};
const vector = JSON.stringify({ instances: [vectorAway(exampleManifest(), 30)] });
const predict: Call = { method: "POST", path: "/v1/models/churn:predict", body: () => vector };

const attributes = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/test", "ce-type": "com.example.e" };

type Start = (dataDir: string) => RunningProgram;
const functionAt =
  (path: string): Start =>
  (dataDir) =>
    RunningProgram.ofFunction(path, { PORT: "0", DATA_DIR: dataDir });

it.each<[string, Start, (readonly [Call, number])[]]>([
  ["ingest", functionAt("ingest/main.ts"), [[ingest, 200]]],
  ["the predictor", functionAt("predict/main.ts"), [[predict, 200]]],
  ["the desk", functionAt("desk/main.ts"), [[{ method: "GET", path: "/v1/users" }, 200]]],
  [
    "a function that takes events alone",
    functionAt("dead-letters/main.ts"),
    [
      [
        {
          method: "POST",
          path: "/",
          // With headers that are longer than Node takes by default.
          headers: { ...json, ...attributes, "ce-long": "x".repeat(20_000) },
          body: () => "{}",
        },
        204,
      ],
    ],
  ],
  [
    "lapse start",
    (dataDir) =>
      RunningProgram.ofLapse(["start"], {
        PORT: "0",
        DATA_DIR: dataDir,
      }),
    [
      [ingest, 200],
      [predict, 200],
    ],
  ],
])("a process that is told to stop under load answers all that reached it: %s", async (_, start, calls) => {
  for (let round = 0; round < 3; round++) {
    const dataDir = join(folder, String(round));
    await leaveDataFolder(dataDir, ["v1"]);
    const program = start(dataDir);
    const port = Number(await program.says(/(?:listens on port |^Ready on http:\/\/localhost:)(\d+)/));
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const loads = calls.map(([call, status]) => {
      const outcomes: Outcomes = { answered: new Map(), broken: [] };
      // On connections that stay open, and on a new one for each request, as a gateway and a script do.
      const senders = [
        ...Array.from({ length: 16 }, () => keepSending(port, call, agent, outcomes)),
        ...Array.from({ length: 2 }, () => keepSending(port, call, undefined, outcomes)),
      ];
      return { status, outcomes, senders };
    });
    for (const { status, outcomes } of loads)
      await expect.poll(() => outcomes.answered.get(status) ?? 0).toBeGreaterThan(50);
    await sleep(100);
    expect(await program.end("SIGTERM")).toBe(0);
    await Promise.all(loads.flatMap(({ senders }) => senders));
    agent.destroy();
    for (const { status, outcomes } of loads) {
      expect([...outcomes.answered.keys()]).toEqual([status]);
      expect(outcomes.broken).toEqual([]);
    }
  }
});
