import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import type { Contestant } from "./contestants.ts";

const resultSchema = z.object({
  requests: z.int().positive(),
  seconds: z.number(),
  /** Latencies in milliseconds. */
  p50: z.number(),
  p99: z.number(),
  failed: z.literal(0, "some requests failed"),
});

export interface LoadResult {
  readonly perSecond: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The processor time that the server's process took for one request, in milliseconds. */
  readonly cpu: number;
}

/**
 * Has this many callers send single actions, each its next one when the last was answered, by wrk (Debian 12: apt-get -y
 * install wrk). Throws when a request fails. `run` is what the actions' ids begin with.
 */
export async function load(
  { url, pid }: Pick<Contestant, "url" | "pid">,
  { callers, seconds, run }: { readonly callers: number; readonly seconds: number; readonly run: string },
): Promise<LoadResult> {
  const script = fileURLToPath(new URL("post-action.lua", import.meta.url));
  const args = ["--threads", "1", "--connections", `${callers}`, "--duration", `${seconds}s`, "--script", script, url];
  const before = await processorSeconds(pid);
  const { stdout } = await promisify(execFile)("wrk", args, {
    env: { ...process.env, RUN: run },
    timeout: (seconds + 30) * 1000,
  });
  const cpu = (await processorSeconds(pid)) - before;
  const line = stdout.split("\n").findLast((text) => text.startsWith("{")) ?? "";
  const result = resultSchema.parse(JSON.parse(line));
  const { requests, p50, p99 } = result;
  return { perSecond: requests / result.seconds, p50, p99, cpu: (cpu * 1000) / requests };
}

/** User and system time of a process so far (proc_pid_stat(5)); the kernel counts 100 ticks a second. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold blanks; the first field there is the third.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
