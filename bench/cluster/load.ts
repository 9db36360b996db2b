/**
 * Runs test/load/lapse.k6.js against ingest and the predictor of a cluster, through its gateway, at a rate that rises step by
 * step; tells what came of each step and, on the node itself, which processes its processors were busy with; and draws pods, answers and
 * latency over time.
 *
 *     LAPSE_CLUSTER_KEEP=1 npm run test:cluster        # a lapse with a model in service
 *     npx tsx bench/cluster/load.ts [--rates 25,50,100,200] [--seconds 30] [--users 400] [--file docs/images/load.svg]
 *
 * K6 names the program, when it is not `k6`; LAPSE_GATEWAY_URL the gateway.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { type Panel, timePanels } from "#scripts/pictures/time-panels.ts";
import { kubectl } from "#test/cluster/kubectl.ts";
import { overlay } from "#test/cluster/overlay.ts";
import { gateway } from "#test/cluster/requests.ts";
import { type Answer, BySecond } from "./by-second.ts";
import { type Kind, kinds, runK6 } from "./k6.ts";
import { PodWatch, untilAsleep } from "./pods.ts";
import { ProcessorWatch } from "./processors.ts";

const { values } = parseArgs({
  options: {
    rates: { type: "string", default: "25,50,100,200" },
    seconds: { type: "string", default: "30" },
    users: { type: "string", default: "400" },
    file: { type: "string", default: "docs/images/load.svg" },
  },
});
const rates = z.array(z.coerce.number().int().positive()).parse(values.rates.split(","));
const services: Readonly<Record<Kind, string>> = { send: "ingest", ask: "churn-predictor" };
const names: Readonly<Record<Kind, string>> = { send: "ingest", ask: "predictor" };

const answers: Readonly<Record<Kind, Answer[]>> = { send: [], ask: [] };
const steps: (readonly [number, number])[] = [];
await kubectl("apply", "--kustomize", overlay("steady"));
for (const kind of ["ksvc", "inferenceservice"]) await kubectl("wait", "--for=condition=ready", kind, "--all");
await kubectl("rollout", "status", "statefulset/elasticsearch", "--timeout=300s");
await untilAsleep(...Object.values(services));
const begin = Date.now();
const pods: Readonly<Record<Kind, PodWatch>> = {
  send: new PodWatch(services.send, Date.now),
  ask: new PodWatch(services.ask, Date.now),
};

const processors = new ProcessorWatch();
for (const rate of rates) {
  steps.push([Date.now(), rate]);
  processors.next();
  const run = await runK6(process.env.K6 ?? "k6", {
    BASE_URL: gateway,
    INGEST_HOST: "ingest.lapse.example.com",
    PREDICT_HOST: "churn-predictor.lapse.example.com",
    RATE: String(rate),
    USERS: values.users,
    SECONDS: values.seconds,
  });
  const used = processors.next();
  for (const kind of kinds) answers[kind].push(...run.answers[kind]);
  const all = run.answers.send.length + run.answers.ask.length;
  console.log(
    `${rate}/s of each: ${(all / Number(values.seconds)).toFixed(0)}/s answered in all, ` +
      `${[...run.failures.values()].reduce((a, b) => a + b, 0)} failed, ${run.late} not sent in time; ` +
      kinds.map((kind) => `${kind} ${latencies(run.answers[kind])}`).join("; "),
  );
  const perPair = (seconds: number) => `${((2000 * seconds) / all).toFixed(2)} ms`;
  console.log(
    `  processors, for each action with a prediction: ${perPair(used.reduce((sum, [, seconds]) => sum + seconds, 0))}; ` +
      used.flatMap(([kind, seconds]) => (seconds < 0.05 ? [] : [`${kind} ${perPair(seconds)}`])).join(", "),
  );
  for (const [failure, times] of run.failures) console.log(`  ${times} × ${failure}`);
}
steps.push([Date.now(), 0]);
processors.stop();
await untilAsleep(...Object.values(services));
await Promise.all(kinds.map((kind) => pods[kind].stop()));
await kubectl("apply", "--kustomize", overlay("plain"));
const title = "Actions and predictions through the gateway, at a rate that rises";
const formatTime = (time: number) => `${Math.round(time / 1000)} s`;
await writeFile(values.file, timePanels(fromTheBeginning(panels(Date.now())), { title, formatTime }));
console.log(`Drawn in ${values.file}.`);

/** p50, p95 and p99, in milliseconds. */
function latencies(some: readonly Answer[]): string {
  const sorted = some.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  if (sorted.length === 0) return "never answered";
  return `${[0.5, 0.95, 0.99].map((share) => quantile(sorted, share).toFixed(0)).join(", ")} ms`;
}

/** With times since the first request, so that the axis has round ones. */
function fromTheBeginning(all: readonly Panel[]): Panel[] {
  return all.map((panel) => ({
    ...panel,
    series: panel.series.map(({ name, points }) => ({
      name,
      points: points.map(([time, value]) => [time - begin, value] as const),
    })),
  }));
}

function panels(end: number): Panel[] {
  const format = (value: number) => String(Math.round(value));
  const bySecond = { send: new BySecond(answers.send, begin, end), ask: new BySecond(answers.ask, begin, end) };
  const latency = (kind: Kind): Panel => ({
    title: `Latency of ${names[kind]}, milliseconds`,
    format,
    series: bySecond[kind].latency(),
  });
  return [
    {
      title: "Rate asked of each, a second",
      format,
      isStepped: true,
      series: [{ name: "rate", points: [[begin, 0], ...steps, [end, 0]] }],
    },
    {
      title: "Pods that are ready",
      format,
      isStepped: true,
      series: kinds.map((kind) => ({
        name: names[kind],
        points: pods[kind].counts.map(({ at, ready }) => [at, ready]),
      })),
    },
    {
      title: "Answers a second",
      format,
      series: kinds.map((kind) => ({ name: names[kind], points: bySecond[kind].counts() })),
    },
    latency("send"),
    latency("ask"),
  ];
}
