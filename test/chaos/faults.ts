import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import * as z from "zod";
import { killPodsOf, signal } from "../cluster/kill.ts";
import { kubectl } from "../cluster/kubectl.ts";
import { eventually } from "../cluster/requests.ts";
import { elasticsearch } from "../cluster/state.ts";

const run = promisify(execFile);

/** Something that goes wrong for a while. Throws if it could not be brought about. */
export interface Fault {
  readonly name: string;
  /** From the moment it is returned everything works again, or starts again. Returns whether there was anything to hit. */
  strike(seconds: number): Promise<boolean>;
}

const services = ["ingest", "churn-predictor", "features", "score", "train", "monitor", "dead-letters"];
const stores = [
  { pod: "elasticsearch-0", program: "java" },
  { pod: "minio-0", program: "minio" },
];

/** Processes by the pattern of their command line. */
const processes = [
  ...["ingest", "predict", "features", "score", "train"].map((name) => [name, `node dist/run\\.cjs ${name}`] as const),
  ...stores.map(({ pod, program }) => [pod, patternOf(program)] as const),
];

/** Every kind of fault, each of which is as likely as any other. */
export const faults: readonly Fault[] = [
  ...services.map((service) => ({
    name: `pods of ${service} killed`,
    strike: async () => (await killPodsOf(service)) > 0,
  })),
  ...stores.map(({ pod, program }) => ({
    name: `${pod} killed (SIGKILL)`,
    // Killed often, it is restarted only after minutes: the kubelet doubles its pause each time.
    strike: () => hits(signal("SIGKILL", patternOf(program))),
  })),
  ...processes.map(([name, pattern]) => ({
    name: `${name} stopped (SIGSTOP)`,
    strike: async (seconds: number) => {
      if (!(await hits(signal("SIGSTOP", pattern)))) return false;
      await pause(seconds * 1000);
      // It may have been killed meanwhile, by its probe.
      await hits(signal("SIGCONT", pattern));
      return true;
    },
  })),
  ...["elasticsearch-0", "minio-0"].map((pod) => ({
    name: `network of ${pod} slow (400 kbit/s)`,
    strike: async (seconds: number) => slowed(pod, seconds),
  })),
  {
    // As Elasticsearch itself does at its flood stage, before its disk is full.
    name: "disk of elasticsearch-0 full (indices read-only)",
    strike: async (seconds) => {
      await blockWrites(true);
      await pause(seconds * 1000);
      await eventually(() => blockWrites(null), 60);
      return true;
    },
  },
  {
    name: "disk of minio-0 full (no file may grow)",
    strike: async (seconds) => {
      await signal("fsize=0", patternOf("minio"));
      await pause(seconds * 1000);
      await hits(signal("fsize=unlimited", patternOf("minio")));
      return true;
    },
  },
];

/** Command lines of a program, wherever it is. */
function patternOf(program: string): string {
  return `\\S*/${program} .*`;
}

async function blockWrites(value: true | null): Promise<void> {
  const answer = await elasticsearch("PUT", "lapse-*/_settings", { "index.blocks.read_only_allow_delete": value });
  z.object({ acknowledged: z.literal(true) }).parse(answer);
}

/** Whether a process was there to be signalled. */
async function hits(signalled: Promise<void>): Promise<boolean> {
  try {
    await signalled;
    return true;
  } catch (error) {
    if (String(error).includes("No pod runs")) return false;
    throw error;
  }
}

/** Limits what reaches a pod, at the node's end of its network. Runs where the pods' network is, as root. */
async function slowed(pod: string, seconds: number): Promise<boolean> {
  const address = await kubectl("get", "pod", pod, "--output=jsonpath={.status.podIP}");
  const { stdout } = await run("ip", ["route", "get", address]);
  const device = / dev (\S+)/.exec(stdout)?.[1];
  if (device === undefined) throw new Error(`There is no route to ${pod}.`);
  const qdisc = (action: "add" | "del", ...limit: string[]) =>
    run("tc", ["qdisc", action, "dev", device, "root", ...limit]);
  await qdisc("add", "tbf", "rate", "400kbit", "burst", "16kbit", "latency", "2s");
  await pause(seconds * 1000);
  // The device goes with its pod.
  await qdisc("del").catch(() => undefined);
  return true;
}
