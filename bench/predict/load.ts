import { runWrk } from "../wrk/run-wrk.ts";

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

/** Loads a server with POST requests by wrk. Throws when a request fails. */
export async function load({ asked, ...load }: Load): Promise<LoadResult> {
  const environment: Record<string, string> = "users" in asked ? { USERS: `${asked.users}` } : { BODY: asked.bodyFile };
  const script = new URL("post.lua", import.meta.url);
  const { requests, seconds, p50, p99, processorSeconds } = await runWrk({ ...load, script, environment });
  return { requestsPerSecond: requests / seconds, p50, p99, processor: (processorSeconds * 1e6) / requests };
}
