/**
 * Measures how long predictions take in `npm start`'s process while nothing else goes on, and while it trains: requests
 * of one vector and of one user id in turn, sent at a fixed rate, so that one that waits holds up none of the others.
 *
 *     npx tsx bench/predict/while-training.ts [--users 20000] [--rate 100] [--trainings 3] [--checkout FOLDER]
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "20000" },
    rate: { type: "string", default: "100" },
    trainings: { type: "string", default: "3" },
    checkout: { type: "string", default: fileURLToPath(new URL("../..", import.meta.url)) },
  },
});
const count = z.coerce.number().int().positive();
const { users, rate, trainings } = z.object({ users: count, rate: count, trainings: count }).parse(values);
const modelSchema = z.object({ typical: z.array(z.number()), features: z.array(z.string()) });

const folder = await mkdtemp(join(tmpdir(), "lapse-bench-"));
const agent = new Agent({ keepAlive: true });
try {
  const log = join(folder, "log.csv");
  const node = (args: string[], env = {}) => new RunningProgram(process.execPath, args, env, values.checkout);
  const generating = node(["scripts/run.mjs", "generate", "--out", log, "--users", `${users}`]);
  if ((await generating.ended) !== 0) throw new Error(generating.messages.join("\n"));
  const PORT = `${await freePort()}`;
  const url = `http://localhost:${PORT}`;
  const data = join(folder, "data");
  const lapse = node(["scripts/run.mjs", "start", "--log", log, "--data", data], { PORT });
  await lapse.answers(`${url}/readyz`);

  const bodies = await requests(data);
  await latencies(`${url}/v1/models/churn:predict`, bodies, pause(5_000));
  const alone = await latencies(`${url}/v1/models/churn:predict`, bodies, pause(20_000));
  const training: number[] = [];
  for (let run = 0; run < trainings; run++) {
    training.push(...(await latencies(`${url}/v1/models/churn:predict`, bodies, train(url))));
    // What follows a training, such as scoring, is not counted.
    await pause(10_000);
  }
  console.log(`Node ${process.versions.node}; ${users} users, ${rate} predictions a second; milliseconds.`);
  console.table({ "nothing else": shown(alone), "while it trains": shown(training) });
  await lapse.end();
} finally {
  agent.destroy();
  await rm(folder, { recursive: true });
}

/** A request for the typical vector of the model in service, and one for a user. */
async function requests(data: string): Promise<string[]> {
  const versions = join(data, "models", "churn");
  const [version = ""] = (await readdir(versions)).filter((name) => /^\d/.test(name));
  const { typical } = modelSchema.parse(JSON.parse(await readFile(join(versions, version, "model.json"), "utf8")));
  return [{ instances: [typical] }, { instances: [{ user_id: "user-0001" }] }].map((body) => JSON.stringify(body));
}

/** Trains, and waits until that is done. */
async function train(url: string): Promise<void> {
  const before = await trained(url);
  await fetch(`${url}/run/train`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  while ((await trained(url)) === before) await pause(200);
}

async function trained(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const runs = text.matchAll(/^lapse_training_total\{[^}]*\} (\d+)$/gm);
  return Array.from(runs, ([, number]) => Number(number)).reduce((sum, number) => sum + number, 0);
}

/** How long each answer took, in milliseconds since its request was due, until something is done. */
async function latencies(url: string, bodies: readonly string[], done: Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  const pending = new Set<Promise<void>>();
  let isDone = false;
  const end = done.finally(() => {
    isDone = true;
  });
  const start = performance.now();
  for (let sent = 0; !isDone; sent++) {
    const due = start + (sent * 1000) / rate;
    if (due > performance.now()) await pause(due - performance.now());
    const answer = predict(url, bodies[sent % bodies.length] ?? "").then(() => {
      taken.push(performance.now() - due);
      pending.delete(answer);
    });
    pending.add(answer);
  }
  await Promise.all([end, ...pending]);
  return taken;
}

function predict(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const asked = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.once("end", () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`A prediction failed with ${response.statusCode}.`)),
      );
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

function shown(taken: readonly number[]) {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number) => quantile(sorted, share).toFixed(1);
  return { requests: taken.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}
