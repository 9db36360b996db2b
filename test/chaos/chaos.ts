/**
 * Breaks lapse on a cluster at random while actions and predictions flow, and compares at the end what was acknowledged with
 * what is stored.
 *
 *     npm run chaos -- [--minutes 30] [--seed TEXT] [--keep] [--file docs/chaos.md] [--faketime FILE]
 *
 * It needs what npm run test:cluster needs (docs/deploy.md); for slow networks to run as root, with `ip` and `tc`, where
 * the pods' network is; and for clocks libfaketime (in Debian the package of that name), built for the pods' processor. It deploys lapse anew and trains a model, unless --keep says that both are there. The same seed gives
 * the same faults, though not at the same moments. Exits with 1 if a promise was broken.
 */
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { dayOf } from "#churn/day.ts";
import { randomFrom } from "#churn/random.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { deploy } from "../cluster/deploy.ts";
import { command, kubectl, kubectlAnywhere, restartsOfEventing } from "../cluster/kubectl.ts";
import { untilTaken } from "../cluster/load.ts";
import { overlay } from "../cluster/overlay.ts";
import { eventually, predict, stranger, throughGateway } from "../cluster/requests.ts";
import { count, countRolledUp } from "../cluster/state.ts";
import { WebhookReceiver } from "../cluster/webhook-receiver.ts";
import { type Fault, roundOfFaults } from "./faults.ts";
import { askerByActions, askerById, campaigner, type Flow, nights, publisher, sender, teller } from "./flows.ts";
import { Ledger } from "./ledger.ts";
import { describe, isKept, type Struck } from "./report.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: randomUUID().slice(0, 8) },
    keep: { type: "boolean", default: false },
    file: { type: "string", default: "docs/chaos.md" },
    faketime: { type: "string", default: "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1" },
  },
});
/** In the file, before the report. */
const heading = "## The last run\n\n";
const minutes = z.coerce.number().positive().parse(values.minutes);
const random = randomFrom(values.seed);
const run = `chaos-${randomUUID().slice(0, 8)}`;

/** One of them is known: the last who acted. */
const log = await generatedLog();
const knownUser = z.looseObject({ user_id: z.string() }).parse(log.at(-1)).user_id;
if (!values.keep) {
  await deploy(applyWithClocks);
  await learn();
}

const ledger = new Ledger();
const receiver = new WebhookReceiver();
await receiver.start();
/** Of whom the webhook has to tell its receiver. */
const toTell: string[] = [];
const flows: readonly Flow[] = [
  ...[1, 2, 3].map((n) => sender(`${run}-http-${n}`, ledger)),
  ...[1, 2].map((n) => publisher(`${run}-broker-${n}`, ledger)),
  askerById(knownUser),
  askerByActions(),
  teller(`${run}-risk`, (user) => toTell.push(user)),
  campaigner(`${run}-campaign`),
  nights(60_000),
];
const began = new Date();
const restartsBefore = await restartsOfEventing();
const end = began.getTime() + minutes * 60_000;
let isOver = false;
const running = flows.map((flow) => flow.run(() => isOver));
const struck: Struck[] = [];
let round: Fault[] = [];
while (Date.now() < end) {
  if (round.length === 0) round = roundOfFaults(random);
  const fault = round.shift();
  // What sleeps at zero is tried again after the others, and when there is nothing else left, another round begins.
  if (fault !== undefined && !(await strike(fault)) && round.length > 0) round.push(fault);
  await pause(3_000 + random() * 7_000);
}
isOver = true;
await Promise.all(running);

// What the Broker accepted may still be on its way, or a dead letter, which is sent again as an operator would.
const users = ledger.users;
const stored = (ids: string) => count("lapse-actions-*", `user.id:${ids}`);
let replayed = 0;
const untold = () => toTell.filter((user) => receiver.messagesAbout(user).length === 0);
const lost = await eventually(async () => {
  replayed += await replay();
  const found = await ledger.discrepancies(stored);
  if (found.length + untold().length > 0) throw new Error(JSON.stringify([...found, ...untold()]));
  return found;
}, 540).catch(() => ledger.discrepancies(stored));
await untilScored().catch((error: unknown) => console.error(error));
const uncounted = await ledger.discrepancies(countRolledUp);
const scored = await count("lapse-scores", `user.id:${run}*`);
const outcome = {
  ...{ began, minutes, seed: values.seed, struck, flows, users, replayed, lost, uncounted, scored },
  acknowledged: ledger.total,
  ...{ toTell: toTell.length, untold: untold().length },
  restarts: (await restartsOfEventing()) - restartsBefore,
};
const report = describe(outcome);
console.log(report);
await writeFile(values.file, `${upTo(await readFile(values.file, "utf8"))}${report}`);
await receiver.stop();
process.exitCode = isKept(outcome) ? 0 : 1;

/** What is written about the program by hand, with the heading of its report. */
function upTo(text: string): string {
  const [before = ""] = text.split(heading);
  return `${before}${heading}`;
}

/** Applies lapse so that the clock of each pod can be set. */
async function applyWithClocks(): Promise<void> {
  await kubectlAnywhere("apply", "--filename", fileURLToPath(new URL("../../knative/namespace.yaml", import.meta.url)));
  await kubectl("delete", "configmap", "faketime", "--ignore-not-found");
  await kubectl("create", "configmap", "faketime", `--from-file=${values.faketime}`);
  await kubectl("apply", "--kustomize", overlay("chaos"));
}

/** Brings a fault about, and measures the time until lapse answers again. Returns whether there was anything to hit. */
async function strike(fault: Fault): Promise<boolean> {
  const start = await fault.strike(5 + random() * 15).catch((error: unknown) => console.error(error));
  if (start === undefined) {
    console.log(`${fault.name}: there was nothing to hit.`);
    return false;
  }
  const ended = Date.now();
  const seconds = (ended - start) / 1000;
  await healthy();
  const recovery = (Date.now() - ended) / 1000;
  struck.push({ name: fault.name, at: start, seconds, recovery });
  const at = (start - began.getTime()) / 1000;
  console.log(`${at.toFixed(0)} s: ${fault.name}, for ${seconds.toFixed(1)} s; then ${recovery.toFixed(1)} s`);
  return true;
}

/** Until ingest has stored an action and the predictor has read a user. Throws after five minutes. */
async function healthy(): Promise<void> {
  const body = JSON.stringify({ user_id: `probe-${run}`, action: "login", timestamp: new Date().toISOString() });
  const store = () => throughGateway("ingest", "/", { body, headers: { "content-type": "application/json" } });
  await eventually(async () => {
    const statuses = [(await store()).status, (await predict([{ user_id: knownUser }, stranger()])).status];
    if (statuses.some((status) => status !== 200)) throw new Error(`They answer ${statuses.join(" and ")}.`);
  }, 300);
}

async function generatedLog(): Promise<unknown[]> {
  const { batches } = generateLog({ users: 1500, months: 4, endDay: dayOf(Date.now()) - 1, seed: 7 });
  const all: unknown[] = [];
  for await (const { items } of batches) all.push(...items);
  return all;
}

/** Fills lapse with the log, and waits for its first model. */
async function learn(): Promise<void> {
  for (let from = 0; from < log.length; from += 5000) {
    const body = log
      .slice(from, from + 5000)
      .map((item) => JSON.stringify(item))
      .join("\n");
    await untilTaken(() =>
      throughGateway("ingest", "/", { body, headers: { "content-type": "application/x-ndjson" } }),
    );
  }
  await command("job", "features");
  await eventually(async () => {
    if ((await count("lapse-features", "*")) === 0) throw new Error("There are no features.");
  });
  await command("job", "train");
  await eventually(healthy, 300);
}

/** Sends all dead letters again, and returns how many. */
async function replay(): Promise<number> {
  const sent = await command("dead-letters", "replay", "--all");
  return sent.split("\n").filter((line) => line.startsWith("Sent again")).length;
}

/** Runs a last night in peace. */
async function untilScored(): Promise<void> {
  await command("job", "features");
  await eventually(async () => {
    if ((await count("lapse-scores", `user.id:${run}*`)) < users) throw new Error("Not all users are scored.");
  }, 240);
}
