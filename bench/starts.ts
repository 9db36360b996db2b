import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { freePort } from "#test/support/free-port.ts";
import { startStandInServers } from "#test/support/stand-in-servers.ts";
import { blendOf } from "./predict/model.ts";

/** The request that a pod is started for. */
export interface FirstRequest {
  readonly path: string;
  readonly body: string;
}

/** What one start took: processor time of all its threads, and time that passed. */
interface Start {
  readonly listens: Taken;
  readonly responds: Taken;
}

interface Taken {
  readonly processorMilliseconds: number;
  readonly milliseconds: number;
}

/**
 * Starts the bundle of function `name` again and again, as a pod does, on servers in this process that respond as Elasticsearch and MinIO do,
 * and prints what it takes until it listens and until it has answered its first request; with --before in turns with that of another
 * checkout, which needs its own node_modules. Medians; Node itself, which does nothing, beside it.
 */
export async function measureStarts(name: string, request: FirstRequest): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "15" }, before: { type: "string" } } });
  const runs = z.coerce.number().int().positive().parse(values.runs);
  const here = fileURLToPath(new URL("..", import.meta.url));
  const checkouts = new Map([["now", here]]);
  if (values.before !== undefined) checkouts.set("before", resolve(values.before));
  const servers = await startStandInServers({ ...blendOf(12), report: "" });
  const starts = new Map<string, Start[]>();
  const bare: number[] = [];
  try {
    for (const checkout of checkouts.values()) await build(checkout, name);
    // The first of each reads its files from the disk.
    for (let run = 0; run <= runs; run++) {
      if (run > 0) bare.push(await bareNode());
      for (const [which, checkout] of checkouts) {
        const taken = await start(join(bundlesOf(checkout), "run.cjs"), name, servers.environment, request);
        if (run > 0) starts.set(which, [...(starts.get(which) ?? []), taken]);
      }
    }
  } finally {
    for (const checkout of checkouts.values()) await rm(bundlesOf(checkout), { recursive: true, force: true });
    await servers.close();
  }
  console.log(`Node ${process.versions.node}, medians of ${runs} starts in turns, fastest in brackets.`);
  console.log(`Processor time of node -e 0: ${told(bare)} ms.`);
  console.table(Object.fromEntries([...starts].map(([which, all]) => [`${name} ${which}`, row(all)])));
}

function row(all: readonly Start[]): Record<string, string> {
  const of = (pick: (start: Start) => number) => told(all.map(pick));
  return {
    "processor ms until it listens": of(({ listens }) => listens.processorMilliseconds),
    "until its first response": of(({ responds }) => responds.processorMilliseconds),
    "ms until it listens": of(({ listens }) => listens.milliseconds),
    "until its first response ": of(({ responds }) => responds.milliseconds),
  };
}

function told(all: readonly number[]): string {
  const sorted = all.toSorted((a, b) => a - b);
  return `${quantile(sorted, 0.5).toFixed(0)} (${quantile(sorted, 0).toFixed(0)})`;
}

/** Inside of the checkout, where bundles find the packages with native parts. */
function bundlesOf(checkout: string): string {
  return join(checkout, "dist", "bench-start");
}

/** By the checkout's own scripts: another one may be bundled otherwise. */
async function build(checkout: string, name: string): Promise<void> {
  const folder = JSON.stringify(bundlesOf(checkout));
  const script = `
    import { buildFunctions } from "./scripts/build/bundles.ts";
    import { writeCodeCaches } from "./scripts/build/code-cache.ts";
    await buildFunctions(process.cwd(), ${folder});
    await writeCodeCaches(${folder}, [${JSON.stringify(name)}]);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  await promisify(execFile)(process.execPath, args, { cwd: checkout, timeout: 120_000 });
}

async function start(
  program: string,
  name: string,
  stores: Readonly<Record<string, string>>,
  request: FirstRequest,
): Promise<Start> {
  const { PATH, HOME } = process.env;
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, [program, name], {
    env: { PATH, HOME, ...stores, PORT: `${port}`, NODE_ENV: "production", LAPSE_CODE_CACHE: "require" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const taken = (): Taken => ({
    processorMilliseconds: processorMillisecondsOf(child.pid ?? 0),
    milliseconds: performance.now() - started,
  });
  try {
    let listens: Taken | undefined;
    for await (const line of createInterface(child.stdout)) {
      if (!line.includes('"server.port"')) continue;
      listens = taken();
      break;
    }
    if (listens === undefined) throw new Error(`${name} ended before it listened.`);
    const headers = { "content-type": "application/json" };
    const response = await fetch(`http://127.0.0.1:${port}${request.path}`, {
      ...{ method: "POST", headers, body: request.body, signal: AbortSignal.timeout(10_000) },
    });
    const responds = taken();
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${name} responded with ${response.status}: ${text}`);
    return { listens, responds };
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** Of all threads that a process has, by the nanosecond (processorSecondsOf counts in hundredths of a second). */
function processorMillisecondsOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  const ofThread = (thread: string) => Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ")[0]);
  return readdirSync(folder).reduce((sum, thread) => sum + ofThread(thread), 0) / 1e6;
}

/** Of a process that waits for nothing. */
async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "process.stdout.write('.'); process.stdin.resume()"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  const taken = processorMillisecondsOf(child.pid ?? 0);
  child.kill("SIGKILL");
  await ended;
  return taken;
}
