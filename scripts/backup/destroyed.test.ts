import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";

let folder: string;
let port: number;
const started: RunningProgram[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-destroyed-"));
  port = await freePort();
});

afterEach(async () => {
  for (const program of started.splice(0)) await program.end("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

function lapse(...args: string[]): RunningProgram {
  const program = RunningProgram.ofLapse(args, {
    DATA_DIR: join(folder, "data"),
    PORT: String(port),
  });
  started.push(program);
  return program;
}

/** Runs a command to its end. Returns what it wrote. Throws if it fails. */
async function run(...args: string[]): Promise<string> {
  const program = lapse(...args);
  expect({ args, status: await program.ended, messages: program.messages }).toMatchObject({ status: 0 });
  return program.lines.join("\n");
}

async function start(...args: string[]): Promise<RunningProgram> {
  const program = lapse("start", ...args);
  await program.says(/(Ready on)/);
  return program;
}

it("goes on from a backup as if nothing had happened, after it was killed under load and its folder deleted", async () => {
  await run("generate", "--out", join(folder, "log.csv"), "--users", "400", "--months", "5");
  const first = await start("--log", join(folder, "log.csv"), "--churn-days", "14");
  await run("campaigns", "create", "--name", "Spring", "--state", "here", "--top", "40");

  const acknowledged: number[] = [];
  let isSending = true;
  const load = Promise.all(
    Array.from({ length: 4 }, async (_, sender) => {
      for (let i = sender; isSending; i += 4) {
        const answer = await send(i).catch(() => undefined);
        if (answer?.created === 1) acknowledged.push(i);
      }
    }),
  );
  while (acknowledged.length < 200) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = [...acknowledged];
  const backup = join(folder, "backups", "monday");
  expect(await run("backup", backup)).toMatch(/ {2}actions +\d/);
  expect(acknowledged.length).toBeGreaterThan(before.length);
  const told = await everything();
  await first.end("SIGKILL");
  isSending = false;
  await load;
  await rm(join(folder, "data"), { recursive: true });

  expect(await run("restore", backup)).toMatch(/^Restored what was there at 20/);
  const again = await start();
  expect(again.lines.join("\n")).not.toMatch(/ {2}(import|train) /);
  expect(await everything()).toEqual(told);
  for (const i of before) expect(await send(i)).toMatchObject({ created: 0, duplicates: 1 });
  expect(await readdir(join(folder, "backups"))).toEqual(["monday"]);
});

/** The same at each repetition. */
const today = new Date().toISOString().slice(0, 10);
const answerSchema = z.object({ created: z.int(), duplicates: z.int() });

/** Sends action number i. */
async function send(i: number) {
  const action = { user_id: `new-${i}`, action: "login", timestamp: `${today}T00:00:00Z`, event_id: `event-${i}` };
  return answerSchema.parse(await json("/events", action));
}

/** What lapse tells of scores, the campaign and models, and what it predicts. */
async function everything() {
  const scores = await run("audience", "--state", "here", "--csv");
  const users = scores.split("\n").slice(1, 41);
  const instances = users.map((line) => ({ user_id: line.split(",")[0] }));
  return {
    scores,
    predictions: await json("/v1/models/churn:predict", { instances }),
    reasons: await json("/v1/models/churn:explain", { instances }),
    assigned: await run("campaigns", "export", "spring"),
    campaign: JSON.parse(await run("campaigns", "show", "spring", "--json")),
    models: await run("models", "history", "--json"),
  };
}

async function json(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
  return response.json();
}
