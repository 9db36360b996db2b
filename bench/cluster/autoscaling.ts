/**
 * Lets the load on the predictor rise from nothing and fall again, in requests for 100 users each, and draws what the
 * cluster makes of it: pods, requests a second and latency. Fails if a request fails.
 *
 *     LAPSE_CLUSTER_KEEP=1 npm run test:cluster        # a lapse with a model in service
 *     npx tsx bench/cluster/autoscaling.ts [--file docs/images/autoscaling.svg] [--callers 4,60,120,10]
 */
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { type Panel, timePanels } from "#scripts/pictures/time-panels.ts";
import { predict, stranger } from "#test/cluster/requests.ts";
import { type Answer, BySecond } from "./by-second.ts";
import { PodWatch, untilAsleep } from "./pods.ts";

const { values } = parseArgs({
  options: {
    file: { type: "string", default: "docs/images/autoscaling.svg" },
    callers: { type: "string", default: "4,60,120,10" },
  },
});
/** How many ask at the same time, in phases of this many seconds. */
const phases = z.array(z.coerce.number().int().positive()).parse(values.callers.split(","));
const phaseSeconds = 20;

const title = "The predictor under a load that rises and falls";
/** As many users as a page of a list has: enough work for the predictor, not the callers, to be what is busy. */
const users = Array.from({ length: 100 }, stranger);
const answers: Answer[] = [];
const failures: string[] = [];
const asked: { at: number; callers: number }[] = [];
let callers = 0;

await untilAsleep("churn-predictor");
const start = Date.now();
/** Milliseconds since the start. */
const now = () => Date.now() - start;
let isOver = false;
const pods = new PodWatch("churn-predictor", now);
await pause(5000);
const calling = Array.from({ length: Math.max(...phases) }, (_, i) => call(i));
for (const phase of phases) {
  callers = phase;
  asked.push({ at: now(), callers });
  await pause(phaseSeconds * 1000);
}
callers = 0;
asked.push({ at: now(), callers });
await untilAsleep("churn-predictor");
isOver = true;
await Promise.all([pods.stop(), ...calling]);
await writeFile(values.file, timePanels(panels(), { title, formatTime: (time) => `${Math.round(time / 1000)} s` }));
const most = Math.max(...pods.counts.map(({ ready }) => ready));
console.log(`0 -> ${most} -> 0 pods, ${answers.length} answers, ${failures.length} failures; drawn in ${values.file}.`);
for (const failure of failures.slice(0, 5)) console.log(failure);
process.exit(failures.length === 0 ? 0 : 1);

/** Asks whenever its turn is on. */
async function call(index: number): Promise<void> {
  while (!isOver) {
    if (index >= callers) {
      await pause(50);
      continue;
    }
    const began = now();
    const { status } = await predict(users).catch((error: unknown) => ({ status: String(error) }));
    const at = now();
    if (status === 200) answers.push({ at, milliseconds: at - began });
    else failures.push(`after ${at} ms: ${status}`);
  }
}

function panels(): Panel[] {
  const bySecond = new BySecond(answers, 0, now());
  const whole = (value: number) => String(Math.round(value));
  return [
    {
      title: "Callers at the same time",
      format: whole,
      isStepped: true,
      series: [
        {
          name: "callers",
          points: [[0, 0], ...asked.map(({ at, callers: count }) => [at, count] as const), [now(), 0]],
        },
      ],
    },
    {
      title: "Pods of the predictor",
      format: whole,
      isStepped: true,
      series: [
        { name: "ready", points: pods.counts.map(({ at, ready }) => [at, ready]) },
        { name: "all", points: pods.counts.map(({ at, all }) => [at, all]) },
      ],
    },
    {
      title: "Answers a second",
      format: whole,
      series: [{ name: "200", points: bySecond.counts() }],
    },
    {
      title: "Latency, milliseconds",
      format: whole,
      series: bySecond.latency(),
    },
  ];
}
