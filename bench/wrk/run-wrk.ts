import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { processorSecondsOf } from "../processor-seconds.ts";

const resultSchema = z.object({
  requests: z.int().positive(),
  seconds: z.number(),
  /** Latencies in milliseconds. */
  p50: z.number(),
  p99: z.number(),
  failed: z.literal(0, "some requests failed"),
});

export interface WrkRun {
  /** A script that makes the requests; it begins with `dofile(os.getenv("RESULT"))`. */
  readonly script: URL;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
  /** The process that is loaded. */
  readonly pid: number;
  readonly connections: number;
  readonly seconds: number;
  /** The core that wrk runs on; any if not given. */
  readonly core?: number | undefined;
}

export interface WrkResult extends z.infer<typeof resultSchema> {
  /** Processor time that the server's process used meanwhile, user and system, in seconds. */
  readonly processorSeconds: number;
}

/** Loads a server by wrk (Debian 12: apt-get -y install wrk), each connection with one request at a time. Throws when a request fails. */
export async function runWrk({
  script,
  environment,
  url,
  pid,
  connections,
  seconds,
  core,
}: WrkRun): Promise<WrkResult> {
  const wrk = ["wrk", "--threads", "1", "--connections", `${connections}`, "--duration", `${seconds}s`];
  const pinned = core === undefined ? [] : ["taskset", "--cpu-list", `${core}`];
  const [command = "", ...args] = [...pinned, ...wrk, "--script", fileURLToPath(script), url];
  const before = processorSecondsOf(pid);
  const { stdout } = await promisify(execFile)(command, args, {
    env: { ...process.env, ...environment, RESULT: fileURLToPath(new URL("result.lua", import.meta.url)) },
    timeout: (seconds + 30) * 1000,
  });
  const processorSeconds = processorSecondsOf(pid) - before;
  const line = stdout.split("\n").findLast((text) => text.startsWith("{")) ?? "";
  return { ...resultSchema.parse(JSON.parse(line)), processorSeconds };
}
