import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { modelPromoted, pingType } from "#runtime/event-kinds.ts";
import { toBinary } from "#runtime/events.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { exampleModel } from "../support/example-model.ts";
import { RunningProgram } from "../support/running-program.ts";

const gateway = process.env.PUSHGATEWAY_URL ?? "";
if (gateway === "") throw new Error("PUSHGATEWAY_URL must name a Pushgateway for this suite.");

const { manifest, onnx } = exampleModel();
const running = new Set<RunningProgram>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-pushing-"));
});

afterEach(async () => {
  await Promise.all([...running].map((program) => program.end("SIGKILL")));
  running.clear();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  for (const name of ["monitor", "train"])
    await fetch(`${gateway}/metrics/job/lapse/function/${name}`, { method: "DELETE" });
});

/** Runs the main program of a function on the embedded stores. */
function run(path: string, env: Record<string, string>): RunningProgram {
  const program = RunningProgram.ofFunction(path, { DATA_DIR: folder, PORT: "0", PUSHGATEWAY_URL: gateway, ...env });
  running.add(program);
  return program;
}

async function heldOf(name: string): Promise<string> {
  const text = await (await fetch(`${gateway}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => line.includes(`function="${name}"`) && line.includes('job="lapse"'))
    .join("\n");
}

describe("functions that sleep at zero", () => {
  it("push what they measured to the Pushgateway when they are stopped", async () => {
    const models = await DirectoryModelStore.open(join(folder, "models"), { now: Date.now });
    await models.publish({ manifest, onnx, report: "" });
    await models.moveAlias("champion", manifest.version, undefined, exampleNote);
    const monitor = run("monitor/main.ts", {});
    const port = await monitor.says(/"server\.port":(\d+)/);
    const event = modelPromoted.make({ id: "1", source: "/lapse/train", data: { version: manifest.version } });
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", ...toBinary(event) });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(await monitor.end()).toBe(0);
    const held = await heldOf("monitor");
    expect(held).toMatch(/^lapse_model_quality\{.*alias="champion".*metric="auc".*\} 0\.\d+$/m);
    expect(held).toMatch(/^lapse_events_handled_total\{.*outcome="success".*\} 1$/m);
    expect(held).not.toContain("lapse_process_");
  });

  it("also push as a Job, even when training failed", async () => {
    const broker = createServer((_request, response) => response.writeHead(202).end());
    await once(broker.listen(0, "127.0.0.1"), "listening");
    const address = broker.address();
    const port = typeof address === "object" ? address?.port : 0;
    const event = { specversion: "1.0", id: "1", source: "/ping", type: pingType, lapsejob: "train" };
    await writeFile(join(folder, "event"), JSON.stringify({ ...event, time: "2024-07-01T02:30:00Z" }));
    const job = run("train/job.ts", { K_EVENT_PATH: folder, BROKER_URL: `http://127.0.0.1:${port}/` });
    // There are no features yet to train on.
    expect(await job.ended).toBe(1);
    broker.close();
    expect(await heldOf("train")).toMatch(/^lapse_training_total\{.*outcome="failed".*\} 1$/m);
  });
});
