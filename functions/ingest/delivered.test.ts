import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { DeadLetterKeeper } from "#runtime/dead-letters/keeper.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { deliveredRoute } from "#runtime/event-route.ts";
import { toBinary } from "#runtime/events.ts";
import { eventMetrics } from "#runtime/metrics/events.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { Route } from "#runtime/route.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { sharedStores } from "#stores/shared-stores.ts";
import { LetterBox } from "#test/support/letter-box.ts";
import { ingest } from "./definition.ts";

const now = () => Date.UTC(2026, 2, 1, 12);
const event = {
  id: "e1",
  source: "/shop",
  type: actionEvent.type,
  subject: "u1",
  time: "2026-03-01T11:00:00Z",
  data: { action: "login" },
};
const bad = { ...event, data: { action: "" } };

let folder: string;
let stores: Stores;
let box: LetterBox;
let metrics: Registry;
/** Where applications send actions, and where the Broker delivers them. */
let sent: Route;
let delivered: Route;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-delivered-"));
  stores = await setUpStores({ dataDir: folder }, now);
  box = new LetterBox();
  metrics = new Registry();
  const [logger, name] = [pino({ level: "silent" }), "ingest"];
  const letters = async () => box;
  const deadLetters = new DeadLetterKeeper({ name, letters, mostLetters: 10, now, logger });
  const made = await ingest.configure({}).make(sharedStores(stores), {
    ...{ metrics, logger, now, deadLetters },
    storeErrors: storeErrorMetrics(metrics),
    skippedUsers: skippedUserMetrics(metrics),
  });
  sent = made.routes.find(({ path }) => path === "/") as Route;
  const events = eventMetrics(metrics);
  delivered = deliveredRoute(made, { name, events, logger, deadLetters });
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

function send({ handle, path }: Route, one: typeof event) {
  const { headers, body } = toBinary(one);
  return handle({ method: "POST", path, headers, body: Buffer.from(body) });
}

it("an action that the Broker delivers is stored as one that an application sends", async () => {
  expect(await send(delivered, event)).toMatchObject({ status: 204, body: "" });
  expect(await send(sent, event)).toMatchObject({ status: 204, body: "" });
  const counted = await metrics.metrics();
  for (const outcome of ["created", "duplicate"])
    expect(counted).toContain(`lapse_actions_total{outcome="${outcome}",reason="none"} 1`);
  expect(box.letters).toEqual([]);
});

it("what ingest refuses is a dead letter if the Broker delivered it, as no one reads the response", async () => {
  await expect(send(delivered, bad)).rejects.toThrow(InvalidInput);
  expect(box.letters).toMatchObject([{ event: bad, destination: "ingest", status: 400 }]);
  expect(box.letters[0]?.answer).toContain("data.action");
});

it("who sends an event straight to ingest reads why it is refused, and no letter is kept", async () => {
  await expect(send(sent, bad)).rejects.toThrow(InvalidInput);
  expect(box.letters).toEqual([]);
});

it("who may send actions may not deliver events, of which each that is refused is kept", () => {
  expect(sent.access).toBe("send");
  expect(delivered.access).toBe("operate");
});

it("what the Broker delivers comes again while a refusal cannot be kept", async () => {
  box.failure = new StoreUnavailable("down");
  await expect(send(delivered, bad)).rejects.toThrow(StoreUnavailable);
});
