import { runWrk } from "../wrk/run-wrk.ts";
import type { Contestant } from "./contestants.ts";

export interface LoadResult {
  readonly perSecond: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The processor time that the server's process took for one request, in milliseconds. */
  readonly cpu: number;
}

/**
 * Has this many callers send single actions, each its next one when the last was answered, by wrk. Throws when a request fails.
 * `run` is what the actions' ids begin with.
 */
export async function load(
  { url, pid }: Pick<Contestant, "url" | "pid">,
  { callers, seconds, run }: { readonly callers: number; readonly seconds: number; readonly run: string },
): Promise<LoadResult> {
  const script = new URL("post-action.lua", import.meta.url);
  const result = await runWrk({ script, environment: { RUN: run }, url, pid, connections: callers, seconds });
  const { requests, p50, p99, processorSeconds } = result;
  return { perSecond: requests / result.seconds, p50, p99, cpu: (processorSeconds * 1000) / requests };
}
