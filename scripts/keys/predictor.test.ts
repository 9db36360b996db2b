import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FileAudit } from "#stores/audit/file/audit.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { changeKeys } from "./change-keys.ts";
import { makeKey } from "./key-changes.ts";

let folder: string;
let program: RunningProgram;
let url: string;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-pod-"));
  const file = join(folder, "keys.json");
  key = await changeKeys(file, (keys) => {
    const options = { name: "shop", roles: ["predict" as const], expires: undefined };
    const made = makeKey(options, keys, { random: randomBytes, now: Date.now() });
    return { keys: [made.record], made: made.text };
  });
  program = RunningProgram.ofFunction("predict/main.ts", { PORT: "0", DATA_DIR: folder, KEYS_FILE: file });
  url = `http://127.0.0.1:${await program.says(/"server\.port":(\d+)/)}`;
});

afterAll(async () => {
  await program.end();
  await rm(folder, { recursive: true });
});

it("the predictor of a cluster asks for a key where KEYS_FILE is set", async () => {
  const ask = (headers: Record<string, string>) => fetch(`${url}/v1/models`, { headers });
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: `Bearer ${key}` })).status).toBe(200);
});

it("and still tells probes and Prometheus how it is", async () => {
  for (const path of ["/healthz", "/v2/health/live", "/v2/health/ready", "/metrics"])
    expect((await fetch(url + path)).status, path).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain("lapse_key_last_used_timestamp_seconds{key=");
});

it("and has written who was refused when it ends, from where the gateway says", async () => {
  const headers = { "x-forwarded-for": "203.0.113.9" };
  for (let i = 0; i < 3; i++) await fetch(`${url}/v2/models/churn`, { headers });
  expect(await program.end()).toBe(0);
  const counts: number[] = [];
  for await (const { from, count = 1 } of new FileAudit(join(folder, "audit.ndjson")).entries())
    if (from === "203.0.113.9") counts.push(count);
  expect(counts).toEqual([2, 1]);
});
