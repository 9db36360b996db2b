import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { killDispatchers, killIngressOfBroker, killPods, killRabbitMq } from "./kill.ts";
import { command, kubectl, kubectlAnywhere } from "./kubectl.ts";
import { brokerClass } from "./overlay.ts";
import { eventually, offer } from "./requests.ts";
import { countActions } from "./state.ts";

// What a Broker has accepted, while everything on its way is killed. Knative's in-memory channel does not promise this.

const run = randomUUID();
const time = new Date().toISOString();
const [good, bad] = [`kept-${run}`, `refused-${run}`];
/** The fewest that are sent: more follow as long as something is still to be killed. */
const events = 500;
/** One in this many of them is one that ingest refuses. */
const everyBad = 25;

function eventOf(i: number): LapseEvent {
  const isBad = i % everyBad === 0;
  return {
    id: `${i}`,
    source: `/nothing-is-lost/${run}`,
    type: actionEvent.type,
    subject: isBad ? bad : good,
    time,
    data: { action: isBad ? "" : "login" },
  };
}

/** Sends an event until the Broker accepts it, as a sender should. Returns how often it was sent. */
async function sendUntilAccepted(event: LapseEvent): Promise<number> {
  const end = Date.now() + 150_000;
  for (let times = 1; ; times += 1) {
    const status = await offer(event).catch(() => undefined);
    if (status === 202) return times;
    if (Date.now() > end) throw new Error(`The Broker did not accept an event for 150 s: ${status}.`);
    // Hundreds wait while RabbitMQ is away.
    await pause(2_000);
  }
}

/** Twenty a second, and then two until `killing` has ended too. Returns how many. */
async function sendAll(killing: Promise<void>): Promise<number> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  killing.then(end, end);
  const sending: Promise<number>[] = [];
  while (sending.length < events || !isOver) {
    sending.push(sendUntilAccepted(eventOf(sending.length)));
    await pause(sending.length < events ? 50 : 500);
  }
  await Promise.all(sending);
  return sending.length;
}

/** Changes how a Trigger delivers: its dispatcher is replaced by another. */
function deliver(retry: number, backoffDelay: string): Promise<string> {
  const patch = JSON.stringify({ spec: { delivery: { retry, backoffDelay } } });
  return kubectl("patch", "trigger", "actions", "--type=merge", "--patch", patch);
}

/** Everything that an event passes, one after another, with events in between. */
async function killEverything(): Promise<void> {
  await pause(2_000);
  // As in production: longer than any of what follows takes.
  await deliver(10, "PT0.5S");
  await pause(3_000);
  await killDispatchers("actions");
  await pause(4_000);
  // Every function that has a pod, ingest among them.
  await killPods("lapse", "--selector=serving.knative.dev/service");
  await pause(3_000);
  await deliver(10, "PT0.6S");
  await pause(1_000);
  await killRabbitMq();
  // Until it is back. The same event once more is the same action.
  await sendUntilAccepted(eventOf(1));
  await pause(1_000);
  await killIngressOfBroker();
  await killPods("lapse", "--selector=serving.knative.dev/service=ingest");
}

describe.skipIf(brokerClass !== "RabbitMQBroker")("an event that a durable Broker has accepted", () => {
  let delivery: string;
  beforeAll(async () => {
    delivery = await kubectl("get", "trigger", "actions", "--output=jsonpath={.spec.delivery}");
  });
  afterAll(() =>
    kubectl("patch", "trigger", "actions", "--type=merge", "--patch", `{"spec":{"delivery":${delivery}}}`),
  );

  it("is neither lost nor handled twice in effect while dispatchers, functions and RabbitMQ are killed", async () => {
    const killing = killEverything();
    const [sent] = await Promise.all([sendAll(killing), killing]);
    const refused = Math.ceil(sent / everyBad);
    await eventually(async () => {
      const left = { good: sent - refused - (await countActions(good)), bad: refused - (await countLetters(bad)) };
      expect(left).toEqual({ good: 0, bad: 0 });
    });
    // Nothing is on its way any more that would change this.
    await eventually(async () => expect(await queued()).toBe(0));
    expect(await countActions(good)).toBe(sent - refused);
    expect(await countLetters(bad)).toBe(refused);
    // No one had to give an event up that was good.
    expect(await countLetters(good)).toBe(0);
    expect((await command("dead-letters", "list")).split("\n").find((line) => line.includes(bad))).toContain(
      "data.action",
    );
  });
});

async function countLetters(user: string): Promise<number> {
  const letters = (await command("dead-letters", "list")).split("\n");
  return letters.filter((line) => line.includes(` of ${user}:`)).length;
}

/** Events in the queues of lapse's Triggers. */
async function queued(): Promise<number> {
  const list = ["rabbitmqctl", "--quiet", "list_queues", "--no-table-headers", "messages"];
  const lines = await kubectlAnywhere("--namespace=rabbitmq-system", "exec", "rabbitmq-0", "--", ...list);
  return lines.split("\n").reduce((sum, line) => sum + Number(line), 0);
}
