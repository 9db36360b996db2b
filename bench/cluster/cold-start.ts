/**
 * Measures how long a request to zero pods takes, of the predictor and of ingest beside a static Go program, in turns on one cluster:
 * the median of 20, and what their times are made of. Throws if one of them is not answered with 200 at once.
 *
 * Nothing reaches a new pod until its node tells its address, which it does when it next looks at its containers, each second. That a
 * pod is gone is told at such a look as well: requests that come a fixed time after it would meet one moment of that second, another
 * one for each service. So they come at moments that are spread over it, the same for all three.
 *
 *     LAPSE_CLUSTER_KEEP=1 npm run test:cluster        # a lapse with a model in service
 *     (cd bench/cluster/hello && CGO_ENABLED=0 go build -o hello main.go && docker build -t dev.local/hello:test .)
 *     npx tsx bench/cluster/cold-start.ts [--runs 20]
 */
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { kubectl, podsOf } from "#test/cluster/kubectl.ts";
import { eventually, predict, type Reply, stranger, throughGateway } from "#test/cluster/requests.ts";
import { AddressWatch } from "./address-watch.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "20" } } });
const runs = z.coerce.number().int().positive().parse(values.runs);

const steps = [
  ["The model is in service.", "start of its process to the model in service"],
  ["predict listens.", "start of its process to listening, with the model"],
  ["ingest listens.", "start of its process to listening"],
] as const;

/** Milliseconds from one look of a node at its containers to the next: a second, and what a look takes. */
const lookEvery = 1_012;

/** Of a Service, what its pods have from ConfigMaps and Secrets. */
const settings = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({ envFrom: z.array(z.record(z.string(), z.unknown())) })]).rest(z.unknown()),
      }),
    }),
  }),
});

const times = new Map<string, number[]>();
const watch = new AddressWatch(["hello", "churn-predictor", "ingest"]);
const service = new URL("hello/service.yaml", import.meta.url).pathname;
await kubectl("apply", "--filename", service);
// Its pods have the settings of the predictor's: a node that has no other pod with a Secret must ask for it, and that may take a second.
const { spec } = settings.parse(JSON.parse(await kubectl("get", "ksvc/churn-predictor", "--output", "json")));
const { envFrom } = spec.template.spec.containers[0];
const patch = { path: "/spec/template/spec/containers/0/envFrom", op: "add", value: envFrom };
await kubectl("patch", "ksvc/hello", "--type", "json", "--patch", JSON.stringify([patch]));
await kubectl("wait", "--for=condition=ready", "--timeout=60s", "ksvc/hello");
try {
  // One pod of each, of which it can be seen when it is gone; not at once, so that no start comes beside that of another later.
  for (const ask of [() => throughGateway("hello", "/"), () => predict([stranger()]), sendAction]) {
    await ask();
    await pause(13_000);
  }
  for (let run = 0; run < runs; run++) {
    const moment = (lookEvery * run) / runs;
    await measure("hello", moment, () => throughGateway("hello", "/"));
    await measure("churn-predictor", moment, () => predict([stranger()]));
    await measure("ingest", moment, sendAction);
    console.log(
      `${run + 1} of ${runs}: ${[...times].map(([name, all]) => `${name} ${all.at(-1)?.toFixed(0)}`).join(", ")}`,
    );
  }
} finally {
  watch.close();
  await kubectl("delete", "--filename", service, "--ignore-not-found");
}

console.log(
  `Milliseconds, of ${runs} requests to zero pods each; node ${(await promisify(execFile)("uname", ["-r"])).stdout.trim()}.`,
);
console.table(
  Object.fromEntries(
    [...times].map(([name, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      const at = (share: number) => Math.round(quantile(sorted, share));
      return [name, { median: at(0.5), fastest: at(0), slowest: at(1) }];
    }),
  ),
);

/** An action that is stored, by the first connection of a new pod to Elasticsearch. */
function sendAction(): Promise<Reply> {
  const body = JSON.stringify({ user_id: "cold-start", action: "login", timestamp: new Date().toISOString() });
  return throughGateway("ingest", "/", { body, headers: { "content-type": "application/json" } });
}

/** `moment` is that of the request: how many milliseconds after a look of the node. */
async function measure(name: string, moment: number, ask: () => Promise<Reply>): Promise<void> {
  // None at all, not even one on its way out, which would take time from the new one.
  const gone = await eventually(async () => watch.goneAt(name));
  await pause(gone + 2 * lookEvery + moment - Date.now());
  const asked = Date.now();
  const { status } = await ask();
  const answered = Date.now();
  if (status !== 200) throw new Error(`${name} answered ${status}.`);
  note(name, answered - asked);
  const { pod, log } = await logOf(name);
  const started = Date.parse(
    z.string().parse(log.map((entry) => entry["process.start"]).find((time) => time !== undefined)),
  );
  note(`  ${name}: until its process starts`, started - asked);
  for (const [message, step] of steps) {
    const entry = log.find((one) => one.message === message);
    if (entry !== undefined) note(`  ${name}: ${step}`, Date.parse(String(entry["@timestamp"])) - started);
  }
  note(`  ${name}: until the address of its pod is told`, watch.addressedAt(name, pod) - asked);
  note(`  ${name}: from then to the answer`, answered - watch.addressedAt(name, pod));
  note(`  ${name}: start of its process to the answer`, answered - started);
}

/** Of the pod that answered: where the autoscaler began another one beside it, that has none yet. */
function logOf(name: string): Promise<{ pod: string; log: Record<string, unknown>[] }> {
  const container = name === "churn-predictor" ? "kserve-container" : "user-container";
  return eventually(async () => {
    const pods = await podsOf(name);
    const logs = await Promise.allSettled(pods.map((pod) => kubectl("logs", pod, "--container", container)));
    for (const [i, log] of logs.entries())
      if (log.status === "fulfilled" && log.value.includes("process.start"))
        return { pod: String(pods[i]), log: log.value.split("\n").map((line) => JSON.parse(line)) };
    throw new Error(`No log of ${name} tells when its process started: ${JSON.stringify([pods, logs])}`);
  });
}

function note(name: string, milliseconds: number): void {
  times.set(name, [...(times.get(name) ?? []), milliseconds]);
}
