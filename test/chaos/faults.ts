import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import * as z from "zod";
import { killDispatchers, killIngressOfBroker, killPodsOf, killRabbitMq, signal } from "../cluster/kill.ts";
import { kubectl } from "../cluster/kubectl.ts";
import { brokerClass } from "../cluster/overlay.ts";
import { eventually } from "../cluster/requests.ts";
import { administer } from "../cluster/state.ts";

const run = promisify(execFile);

/** Something that goes wrong for a while. Throws if it could not be brought about. */
export interface Fault {
  readonly name: string;
  /**
   * Returns when it began, in milliseconds since 1970, or undefined if there was nothing to hit. By then everything works again,
   * or starts again.
   */
  strike(seconds: number): Promise<number | undefined>;
}

const services = [
  "ingest",
  "churn-predictor",
  "features",
  "score",
  "train",
  "monitor",
  "dead-letters",
  "desk",
  "changes",
  "webhook",
];
const stores = [
  { pod: "elasticsearch-0", program: "java" },
  { pod: "minio-0", program: "minio" },
];

/** Functions by the pattern of their command line. Those that sleep at zero are waited for. */
const functions = ["ingest", "predict", "features", "score", "train"].map(
  (name) => [name, `node dist/run\\.cjs ${name}`] as const,
);

/** How far a clock is off, in seconds: as after a short loss of synchronization, a wrong time zone, and a wrong date. */
const steps = [-86_400, -3_600, -90, 90, 3_600, 86_400];

/** Where Elasticsearch keeps its data. */
const elasticsearchData = "/usr/share/elasticsearch/data";

/** Every kind of fault once, in random order. */
export function roundOfFaults(random: () => number): Fault[] {
  const drawn = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  return shuffled(random, [
    ...(brokerClass === "RabbitMQBroker" ? ofBroker : []),
    ...services.map((service) => ({
      name: `pods of ${service} killed`,
      strike: () => onceThere(async () => (await killPodsOf(service)).length > 0),
    })),
    ...stores.map(({ pod, program }) => ({
      name: `${pod} killed (SIGKILL)`,
      // Killed often, it is restarted only after minutes: the kubelet doubles its pause each time.
      strike: () => onceThere(() => hits(signal("SIGKILL", patternOf(program)))),
    })),
    ...[...functions, ...stores.map(({ pod, program }) => [pod, patternOf(program)] as const)].map(
      ([name, pattern]) => ({
        name: `${name} stopped (SIGSTOP)`,
        strike: (seconds: number) => between(seconds, pattern, "SIGSTOP", "SIGCONT"),
      }),
    ),
    ...functions.map(([name, pattern]) => {
      const step = drawn(steps);
      return {
        name: `clock of ${name} ${Math.abs(step)} s ${step < 0 ? "back" : "ahead"}`,
        // With its sign, without which it would be a moment.
        strike: (seconds: number) => between(seconds, pattern, `clock=${step < 0 ? "" : "+"}${step}`, "clock=+0"),
      };
    }),
    ...["elasticsearch-0", "minio-0"].map((pod) => ({
      name: `network of ${pod} slow (400 kbit/s)`,
      strike: (seconds: number) => slowed(pod, seconds),
    })),
    {
      // Before its disk is full, Elasticsearch itself makes all indices read-only, once it has looked at the disk.
      name: "disk of elasticsearch-0 full to 96 %",
      strike: (seconds) => filled(`full-to=0.96:${elasticsearchData}`, 15 + seconds),
    },
    {
      name: "disk of elasticsearch-0 full to the last byte",
      strike: (seconds) => filled(`full=${elasticsearchData}`, seconds),
    },
    {
      name: "disk of minio-0 full (no file may grow)",
      strike: (seconds) => between(seconds, patternOf("minio"), "fsize=0", "fsize=unlimited"),
    },
  ]);
}

/** What holds the events that were accepted. Knative's own Broker has them in memory, and would lose them. */
const ofBroker: readonly Fault[] = [
  { name: "RabbitMQ killed", strike: () => struck(killRabbitMq()) },
  { name: "dispatchers of actions killed", strike: () => struck(killDispatchers("actions")) },
  { name: "ingress of the Broker killed", strike: () => struck(killIngressOfBroker()) },
];

async function struck(killing: Promise<unknown>): Promise<number> {
  const began = Date.now();
  await killing;
  return began;
}

function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** Command lines of a program, wherever it is. */
function patternOf(program: string): string {
  return `\\S*/${program} .*`;
}

/** Fills the disk of Elasticsearch for a while, and then does what its operator does after making room. */
async function filled(fill: string, seconds: number): Promise<number | undefined> {
  const pattern = patternOf("java");
  const began = await onceThere(() => hits(signal(fill, pattern)));
  if (began === undefined) return undefined;
  await pause(seconds * 1000);
  await eventually(() => signal(`free=${elasticsearchData}`, pattern));
  // A shard that could not write has failed, and after five attempts Elasticsearch opens it only if it is told to.
  await eventually(async () => acknowledged.parse(await administer("POST", "_cluster/reroute?retry_failed=true")));
  return began;
}

const acknowledged = z.object({ acknowledged: z.literal(true) });

/** Sends processes a signal, and another after a while. Returns when the first was sent. */
async function between(seconds: number, pattern: string, begin: string, end: string): Promise<number | undefined> {
  const began = await onceThere(() => hits(signal(begin, pattern)));
  if (began === undefined) return undefined;
  await pause(seconds * 1000);
  // It may have ended meanwhile, or been killed by its probe.
  await hits(signal(end, pattern));
  return began;
}

/** Repeats `hit` for a while until there is something to hit. Returns when that was. */
async function onceThere(hit: () => Promise<boolean>): Promise<number | undefined> {
  const end = Date.now() + 20_000;
  while (!(await hit())) {
    if (Date.now() > end) return undefined;
    await pause(1_000);
  }
  return Date.now();
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
async function slowed(pod: string, seconds: number): Promise<number | undefined> {
  const began = Date.now();
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
  return began;
}
