import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as z from "zod";
import { freePort } from "#test/support/free-port.ts";

/** A server to be measured, in a process of its own. */
export interface Contestant {
  readonly url: string;
  readonly process: ChildProcess;
  readonly pid: number;
  /** Milliseconds since the process was started until the answer to the first prediction. */
  readonly firstPrediction: number;
  /** What the process wrote to its standard output so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface ContestantOptions {
  /** Program and arguments for a port. */
  command(port: number): readonly [string, ...string[]];
  /** PORT is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The JSON of a request that must be answered. */
  readonly body: string;
}

const path = "/v1/models/churn:predict";
/** Nothing else: what the shell says of stores must not reach servers that are measured without. */
const ownEnvironment = { PATH: process.env.PATH, HOME: process.env.HOME };
/** Milliseconds after which a server that does not answer is given up. */
const longestStart = 60_000;
const answerSchema = z.object({ predictions: z.array(z.object({ probability: z.number().min(0).max(1) })).length(1) });

/** Starts a server and asks it for a prediction until it gives one. */
export async function startContestant({ command, env, cwd, body }: ContestantOptions): Promise<Contestant> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${path}`;
  const [program, ...args] = command(port);
  const start = performance.now();
  const child = spawn(program, args, {
    env: { ...ownEnvironment, ...env, PORT: `${port}` },
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  while (!(await predicts(url, body))) {
    if (child.exitCode !== null || performance.now() - start > longestStart) {
      child.kill();
      throw new Error(`${program} ${args.join(" ")} gave no prediction.\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const firstPrediction = performance.now() - start;
  return {
    url,
    process: child,
    pid: child.pid ?? 0,
    firstPrediction,
    output: () => output,
    async stop() {
      const exit = child.exitCode === null ? once(child, "exit") : undefined;
      child.kill();
      await exit;
    },
  };
}

async function predicts(url: string, body: string): Promise<boolean> {
  try {
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
    return answerSchema.safeParse(await response.json()).success;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
