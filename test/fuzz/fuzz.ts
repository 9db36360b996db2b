import fc from "fast-check";
import type { OpenApi } from "#runtime/openapi/document.ts";
import { Connection } from "./connection.ts";
import { judgeBy } from "./judge.ts";
import { type Known, requestsOf } from "./requests.ts";
import { bytesOf, type WireRequest } from "./wire-request.ts";

/** A process that is sent requests. */
export interface Target {
  readonly port: number;
  readonly known: Known;
  /** Where its metrics are, and a key for them. */
  metrics(): Promise<string>;
  /** Bytes of its heap after a collection of all garbage. */
  memory(): Promise<number>;
}

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** How many connections send at once. */
  readonly connections?: number;
  /** Told now and then how many requests were sent. */
  readonly progress?: (sent: number, perSecond: number) => void;
}

export interface FuzzReport {
  readonly sent: number;
  /** How many responses had a status, by status; 0 for a caller who hung up. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The routes that responded to at least one request without an error. */
  readonly wentWell: ReadonlySet<string>;
  /** All routes. */
  readonly routes: ReadonlySet<string>;
  /** What is wrong, each kind once, with the request that showed it. */
  readonly faults: readonly string[];
  readonly seconds: number;
}

/** A request that takes longer hangs. */
const hangMilliseconds = 15_000;
const batchSize = 500;

/**
 * Sends requests that are made from the description at /openapi.json, the same ones for the same seed. Growth is judged from
 * the middle to the end: by the middle everything has been used that is kept for good.
 */
export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzReport> {
  const { requests, seed, connections = 8, progress } = options;
  const api = (await (await fetch(`http://127.0.0.1:${target.port}/openapi.json`)).json()) as OpenApi;
  const arbitrary = requestsOf(api, target.known);
  const judge = judgeBy(api);
  const statuses = new Map<number, number>();
  const wentWell = new Set<string>();
  const faults = new Map<string, string>();
  const began = performance.now();
  let sent = 0;

  const sendAll = async (until: number) => {
    while (sent < until) {
      const batch = fc.sample(arbitrary, { seed: seed + sent, numRuns: Math.min(batchSize, until - sent) });
      const queue = batch.values();
      await Promise.all(
        Array.from({ length: connections }, async () => {
          const connection = new Connection(target.port, hangMilliseconds);
          for (const request of queue) {
            const outcome = await connection.send(request);
            const status = outcome.kind === "response" ? outcome.status : 0;
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            if (request.isOnRoute && status > 0 && status < 400) wentWell.add(request.route);
            const fault = judge(request, outcome);
            if (fault === undefined) continue;
            const told = outcome.kind === "response" ? outcome.body.toString().slice(0, 500) : outcome.kind;
            const kind = `${request.isOnRoute ? request.route : "elsewhere"}: ${fault}`;
            if (!faults.has(kind)) faults.set(kind, `${kind}\n${shown(request)}\n-> ${status} ${told}`);
          }
          connection.close();
        }),
      );
      sent += batch.length;
      progress?.(sent, sent / ((performance.now() - began) / 1000));
    }
  };

  await sendAll(Math.floor(requests / 2));
  const middle = { labels: labelsIn(await target.metrics()), memory: await target.memory() };
  await sendAll(requests);
  const end = { labels: labelsIn(await target.metrics()), memory: await target.memory() };
  return {
    sent,
    statuses,
    wentWell,
    routes: new Set(
      Object.entries(api.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    ),
    faults: [...faults.values(), ...growthOf(middle, end)],
    seconds: (performance.now() - began) / 1000,
  };
}

interface Footprint {
  /** Each label with each of its values, such as `status="404"`. */
  readonly labels: ReadonlySet<string>;
  readonly memory: number;
}

const mostGrowth = 24 * 1024 * 1024;
const fewLabels = 10;

function growthOf(middle: Footprint, end: Footprint): readonly string[] {
  const faults: string[] = [];
  const added = [...end.labels].filter((one) => !middle.labels.has(one));
  // Of a status or a route that is rare, the second half may be the first to have one.
  if (added.length > Math.max(fewLabels, middle.labels.size / 10))
    faults.push(
      `labels of metrics grew from ${middle.labels.size} to ${end.labels.size} values: ${added.slice(0, 20).join(" ")}`,
    );
  if (end.memory - middle.memory > mostGrowth)
    faults.push(`memory grew from ${megabytes(middle.memory)} to ${megabytes(end.memory)} MB`);
  return faults;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

/**
 * Series are bounded if the values of their labels are: a route may meet a status for the first time late in a run. What
 * comes from requests brings new values all the time.
 */
function labelsIn(exposition: string): ReadonlySet<string> {
  const lines = exposition.split("\n").filter((line) => !line.startsWith("#") && !/_bucket\{/.test(line));
  return new Set(lines.flatMap((line) => line.match(/[a-z_]+="(?:[^"\\]|\\.)*"/g) ?? []));
}

function shown(request: WireRequest): string {
  const text = JSON.stringify(bytesOf(request).toString("latin1"));
  return text.length > 1_500 ? `${text.slice(0, 1_500)}… (${text.length} characters)` : text;
}
