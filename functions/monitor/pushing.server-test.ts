import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exampleModel } from "../../churn/example-model.ts";
import { type LapseEvent, toBinary } from "../../runtime/events.ts";
import { DirectoryRegistry } from "../../stores/models/directory-registry.ts";

const gateway = process.env.PUSHGATEWAY_URL ?? "";
if (gateway === "") throw new Error("PUSHGATEWAY_URL must name a Pushgateway for this suite.");

const { manifest, onnx } = exampleModel();
const running = new Set<ChildProcess>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-pushing-"));
});

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  for (const name of ["monitor", "train"])
    await fetch(`${gateway}/metrics/job/lapse/function/${name}`, { method: "DELETE" });
});

/** Runs a function's entry file on the embedded stores; `logged` waits for an entry that holds a text. */
function run(path: string, env: Record<string, string>) {
  const entry = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", entry], {
    env: { PATH: process.env.PATH, DATA_DIR: folder, PORT: "0", PUSHGATEWAY_URL: gateway, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  const logged = async (text: string): Promise<Record<string, unknown>> => {
    for await (const line of createInterface({ input: child.stdout })) if (line.includes(text)) return JSON.parse(line);
    throw new Error(`${path} ended before it said "${text}".`);
  };
  return { child, logged };
}

async function heldOf(name: string): Promise<string> {
  const text = await (await fetch(`${gateway}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => line.includes(`function="${name}"`) && line.includes('job="lapse"'))
    .join("\n");
}

describe("functions that sleep at zero", () => {
  it("leave what they found at the Pushgateway when they are stopped", async () => {
    const registry = await DirectoryRegistry.open(join(folder, "models"), { now: Date.now });
    await registry.publish({ manifest, onnx, report: "" });
    await registry.moveAlias("champion", manifest.version, undefined);
    const { child, logged } = run("monitor/main.ts", {});
    const { "server.port": port } = await logged("listens on port");
    const event: LapseEvent = { id: "1", source: "/lapse/train", type: "dev.lapse.model.promoted" };
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", ...toBinary(event) });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect((await exited)[0]).toBe(0);
    const held = await heldOf("monitor");
    expect(held).toMatch(/^lapse_model_quality\{.*alias="champion".*metric="auc".*\} 0\.\d+$/m);
    expect(held).toMatch(/^lapse_events_handled_total\{.*outcome="success".*\} 1$/m);
    expect(held).not.toContain("lapse_process_");
  });

  it("push also as a Job, and when training failed", async () => {
    const broker = createServer((_request, response) => response.writeHead(202).end());
    await once(broker.listen(0, "127.0.0.1"), "listening");
    const address = broker.address();
    const port = typeof address === "object" ? address?.port : 0;
    const event = { specversion: "1.0", id: "1", source: "/ping", type: "dev.knative.sources.ping" };
    await writeFile(join(folder, "event"), JSON.stringify({ ...event, time: "2024-07-01T02:30:00Z" }));
    const { child } = run("train/job.ts", { K_EVENT_PATH: folder, BROKER_URL: `http://127.0.0.1:${port}/` });
    child.stdout?.resume();
    // There are no features yet to train on.
    expect((await once(child, "exit"))[0]).toBe(1);
    broker.close();
    expect(await heldOf("train")).toMatch(/^lapse_training_total\{.*outcome="failed".*\} 1$/m);
  });
});
