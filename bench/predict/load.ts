import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";

const resultSchema = z.object({
  requests: z.int(),
  seconds: z.number(),
  /** Latencies in milliseconds. */
  p50: z.number(),
  p99: z.number(),
  failed: z.literal(0, "some requests failed"),
});

export interface Load {
  readonly url: string;
  /** A file with the JSON that every request carries. */
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
  /** The core that wrk runs on; the server runs on another. */
  readonly core: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Loads a server with POST requests by wrk (Debian 12: apt-get -y install wrk). Throws when a request fails. */
export async function load({ url, body, connections, seconds, core }: Load): Promise<LoadResult> {
  const script = fileURLToPath(new URL("post.lua", import.meta.url));
  const wrk = ["wrk", "--threads", "1", "--connections", `${connections}`, "--duration", `${seconds}s`];
  const { stdout } = await promisify(execFile)("taskset", ["--cpu-list", `${core}`, ...wrk, "--script", script, url], {
    env: { ...process.env, BODY: body },
    timeout: (seconds + 30) * 1000,
  });
  const line = stdout.split("\n").findLast((text) => text.startsWith("{")) ?? "";
  const result = resultSchema.parse(JSON.parse(line));
  return { requestsPerSecond: result.requests / result.seconds, p50: result.p50, p99: result.p99 };
}
