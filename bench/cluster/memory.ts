/**
 * Measures how much memory each function takes at its work on a cluster, beside its limit, and how long its process
 * takes until it listens: the figures in the comments of the manifests.
 *
 *     LAPSE_CLUSTER_KEEP=1 npm run test:cluster        # a lapse with a model in service
 *     npx tsx bench/cluster/memory.ts [--users 4000] [--months 6]
 */

import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import * as z from "zod";
import { dayOf } from "#churn/day.ts";
import { functions } from "#local/functions.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { kubectl, podsOf } from "#test/cluster/kubectl.ts";
import { underLoad, untilTaken } from "#test/cluster/load.ts";
import { eventually, ping, predict, publish, stranger, throughGateway } from "#test/cluster/requests.ts";
import { versions } from "#test/cluster/state.ts";

const { values } = parseArgs({
  options: { users: { type: "string", default: "4000" }, months: { type: "string", default: "6" } },
});
const whole = z.coerce.number().int().positive();
const services = functions.map(({ name }) => (name === "predict" ? "churn-predictor" : name));
const peaks = new Map<string, number>();
const starts = new Map<string, number>();
let isOver = false;
const watching = Promise.all(services.map(watch));

const now = Date.now();
const time = new Date(now).toISOString();
const { batches } = generateLog({
  users: whole.parse(values.users),
  months: whole.parse(values.months),
  endDay: dayOf(now) - 1,
  seed: 3,
});
let actions = 0;
const sending: Promise<unknown>[] = [];
for await (const { items } of batches) {
  actions += items.length;
  const body = items.map((item) => JSON.stringify(item)).join("\n");
  const headers = { "content-type": "application/x-ndjson" };
  sending.push(untilTaken(() => throughGateway("ingest", "/", { headers, body })));
  if (sending.length >= 8) await sending.shift();
}
await Promise.all(sending);
console.log(`${actions} actions are stored.`);
const before = (await versions()).length;
await publish(ping("features", randomUUID(), time));
await eventually(() => seen("score"), 300);
await publish(ping("train", randomUUID(), time));
await eventually(async () => {
  if ((await versions()).length === before) throw new Error("There is no new version.");
}, 600);
for (let i = 0; i < 50; i++)
  await publish({
    id: randomUUID(),
    source: "/bench",
    type: actionEvent.type,
    subject: "u",
    time,
    data: { action: "" },
  });
const ask = () => predict([{ user_id: "u1" }, stranger()]);
await underLoad(40, ask, () => new Promise((resolve) => setTimeout(resolve, 30_000)), 0);
isOver = true;
await watching;
console.table(
  Object.fromEntries(
    services.map((name) => [
      name,
      { "peak memory, MB": peaks.get(name), "start of the process to listening, ms": starts.get(name) },
    ]),
  ),
);

async function seen(name: string): Promise<void> {
  if (!peaks.has(name)) throw new Error(`No pod of ${name} was seen.`);
}

/** Notes the most that any pod's process has taken so far (VmHWM), as long as there is one. */
async function watch(name: string): Promise<void> {
  const container = name === "churn-predictor" ? "kserve-container" : "user-container";
  while (!isOver) {
    for (const pod of await podsOf(name)) {
      const status = await kubectl("exec", pod, "--container", container, "--", "cat", "/proc/1/status").catch(
        () => "",
      );
      const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      peaks.set(name, Math.max(peaks.get(name) ?? 0, Math.round(peak)));
      if (!starts.has(name)) await noteStart(name, pod, container);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function noteStart(name: string, pod: string, container: string): Promise<void> {
  const log = await kubectl("logs", pod, "--container", container, "--limit-bytes=20000").catch(() => "");
  const line = log.split("\n").find((text) => text.includes('"process.start"'));
  if (line === undefined) return;
  const entry = z.object({ "@timestamp": z.string(), "process.start": z.string() }).parse(JSON.parse(line));
  starts.set(name, Date.parse(entry["@timestamp"]) - Date.parse(entry["process.start"]));
}
