import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
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

/** What requests carry: the JSON in a file, or each the id of one of as many users, in turn. */
export type Asked = { readonly bodyFile: string } | { readonly users: number };

export interface Load {
  readonly url: string;
  /** The process that is loaded. */
  readonly pid: number;
  readonly asked: Asked;
  readonly connections: number;
  readonly seconds: number;
  /** The core that wrk runs on; the server runs on another. */
  readonly core: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the server's process, user and system, in microseconds for each request. */
  readonly processor: number;
}

/** Loads a server with POST requests by wrk (Debian 12: apt-get -y install wrk). Throws when a request fails. */
export async function load({ url, pid, asked, connections, seconds, core }: Load): Promise<LoadResult> {
  const script = fileURLToPath(new URL("post.lua", import.meta.url));
  const wrk = ["wrk", "--threads", "1", "--connections", `${connections}`, "--duration", `${seconds}s`];
  const before = processorSeconds(pid);
  const { stdout } = await promisify(execFile)("taskset", ["--cpu-list", `${core}`, ...wrk, "--script", script, url], {
    env: { ...process.env, ...("users" in asked ? { USERS: `${asked.users}` } : { BODY: asked.bodyFile }) },
    timeout: (seconds + 30) * 1000,
  });
  const used = processorSeconds(pid) - before;
  const line = stdout.split("\n").findLast((text) => text.startsWith("{")) ?? "";
  const { requests, p50, p99, ...result } = resultSchema.parse(JSON.parse(line));
  return { requestsPerSecond: requests / result.seconds, p50, p99, processor: (used * 1e6) / requests };
}

/** Processor time that a process has used (proc(5), fields 14 and 15 of stat, in hundredths of a second). */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
