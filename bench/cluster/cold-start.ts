/**
 * Measures how long a request to zero pods takes, of the predictor and of ingest beside a static Go program, in turns on one cluster:
 * the median of 20, and what their times are made of. Throws if one of them is not answered with 200 at once.
 *
 *     LAPSE_CLUSTER_KEEP=1 npm run test:cluster        # a lapse with a model in service
 *     (cd bench/cluster/hello && CGO_ENABLED=0 go build -o hello main.go && docker build -t dev.local/hello:test .)
 *     npx tsx bench/cluster/cold-start.ts [--runs 20]
 */
import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { kubectl, podsOf } from "#test/cluster/kubectl.ts";
import { eventually, predict, type Reply, stranger, throughGateway } from "#test/cluster/requests.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "20" } } });
const runs = z.coerce.number().int().positive().parse(values.runs);

const steps = [
  ["The model is in service.", "start of its process to the model in service"],
  ["predict listens.", "start of its process to listening, with the model"],
  ["ingest listens.", "start of its process to listening"],
] as const;

const times = new Map<string, number[]>();
const service = new URL("hello/service.yaml", import.meta.url).pathname;
await kubectl("apply", "--filename", service);
await kubectl("wait", "--for=condition=ready", "--timeout=60s", "ksvc/hello");
try {
  for (let run = 0; run < runs; run++) {
    await measure("hello", () => throughGateway("hello", "/"));
    await measure("churn-predictor", () => predict([stranger()]));
    await measure("ingest", sendAction);
    console.log(
      `${run + 1} of ${runs}: ${[...times].map(([name, all]) => `${name} ${all.at(-1)?.toFixed(0)}`).join(", ")}`,
    );
  }
} finally {
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

async function measure(name: string, ask: () => Promise<Reply>): Promise<void> {
  // None at all, not even one on its way out, which would take time from the new one.
  await eventually(async () => {
    const pods = await kubectl("get", "pods", "--selector", `serving.knative.dev/service=${name}`, "-o", "name");
    if (pods !== "") throw new Error(`${name} does not go to zero.`);
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const asked = Date.now();
  const { status } = await ask();
  const answered = Date.now();
  if (status !== 200) throw new Error(`${name} answered ${status}.`);
  note(name, answered - asked);
  const log = await logOf(name);
  const started = Date.parse(
    z.string().parse(log.map((entry) => entry["process.start"]).find((time) => time !== undefined)),
  );
  note(`  ${name}: until its process starts`, started - asked);
  for (const [message, step] of steps) {
    const entry = log.find((one) => one.message === message);
    if (entry !== undefined) note(`  ${name}: ${step}`, Date.parse(String(entry["@timestamp"])) - started);
  }
  note(`  ${name}: start of its process to the answer`, answered - started);
}

/** Of the pod that answered: where the autoscaler began another one beside it, that has none yet. */
function logOf(name: string): Promise<Record<string, unknown>[]> {
  const container = name === "churn-predictor" ? "kserve-container" : "user-container";
  return eventually(async () => {
    const pods = await podsOf(name);
    const logs = await Promise.allSettled(pods.map((pod) => kubectl("logs", pod, "--container", container)));
    for (const log of logs)
      if (log.status === "fulfilled" && log.value.includes("process.start"))
        return log.value.split("\n").map((line) => JSON.parse(line));
    throw new Error(`No log of ${name} tells when its process started: ${JSON.stringify([pods, logs])}`);
  });
}

function note(name: string, milliseconds: number): void {
  times.set(name, [...(times.get(name) ?? []), milliseconds]);
}
