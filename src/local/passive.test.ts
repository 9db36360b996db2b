import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudEvent, emitterFor, httpTransport } from "cloudevents";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { createLapse, type Lapse } from "./lapse.ts";

const endDay = parseDay("2024-06-30") ?? 0;
/** Noon of the day after the log ends. */
const now = () => startOf(endDay + 1) + 43_200_000;
const churn = { churnDays: 14, leadDays: 0, observeDays: 28, passive: ["email_*"] };

let folder: string;
let stores: Stores;
let lapse: Lapse;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-passive-"));
  stores = await setUpStores({ dataDir: folder }, now);
  await ingestLog(generateLog({ users: 400, months: 4, endDay, seed: 7 }), { actions: stores.actions, now });
  let id = 0;
  const logger = pino({ level: "silent" });
  lapse = await createLapse({ stores, churn, logger, now, newId: () => `id-${id++}`, drainMilliseconds: 1000 });
  await lapse.server.listen({ host: "localhost", port: 0 });
  url = `http://localhost:${lapse.server.addresses()[0]?.port}`;
  await run("features");
  await run("train");
});

afterAll(async () => {
  await lapse.close();
  await rm(folder, { recursive: true });
});

async function post(path: string, body: string, type = "application/json") {
  const response = await fetch(`${url}${path}`, { method: "POST", headers: { "content-type": type }, body });
  return { status: response.status, body: JSON.parse((await response.text()) || "null") };
}

/** Runs a job, and what follows from it. */
async function run(job: string): Promise<void> {
  expect((await post(`/run/${job}`, "{}")).status).toBe(202);
  await lapse.wiring.broker.idle();
  await lapse.refresh();
}

async function predict(userId: string) {
  return (await post("/v1/models/churn:predict", JSON.stringify({ instances: [{ user_id: userId }] }))).body
    .predictions[0];
}

const day = 86_400_000;
/** Moments in the weeks before the snapshot, the last one right before it. */
const moments = [20, 10, 5, 1].map((ago) => new Date(startOf(endDay + 1) - ago * day + day / 2).toISOString());

/** Every way in which the business can tell what it did to a user. */
const entrances: Record<string, (userId: string) => Promise<void>> = {
  "contacts as events": async (userId) => {
    const emit = emitterFor(httpTransport(`${url}/events`));
    for (const time of moments)
      await emit(
        new CloudEvent({
          id: time,
          source: `/${encodeURIComponent(userId)}`,
          type: contactEvent.type,
          subject: userId,
          time,
          data: {},
        }),
      );
  },
  "contacts through the Broker": async (userId) => {
    const emit = emitterFor(httpTransport(`${url}/broker`));
    for (const time of moments)
      await emit(
        new CloudEvent({
          id: time,
          source: `/${encodeURIComponent(userId)}`,
          type: contactEvent.type,
          subject: userId,
          time,
          data: { action: "call" },
        }),
      );
    await lapse.wiring.broker.idle();
  },
  "items that say so": async (userId) => {
    const items = moments.map((timestamp) => ({ user_id: userId, action: "login", timestamp, passive: true }));
    expect((await post("/events", JSON.stringify(items))).body).toMatchObject({ created: moments.length });
  },
  "lines that say so": async (userId) => {
    const lines = moments.map((timestamp) =>
      JSON.stringify({ user_id: userId, action: "invoice", timestamp, value: 99, passive: true }),
    );
    expect((await post("/events", lines.join("\n"), "application/x-ndjson")).body.created).toBe(moments.length);
  },
  "actions with the name of a passive one": async (userId) => {
    const emit = emitterFor(httpTransport(`${url}/events`));
    for (const time of moments)
      await emit(
        new CloudEvent({
          id: time,
          source: `/${encodeURIComponent(userId)}`,
          type: actionEvent.type,
          subject: userId,
          time,
          data: { action: "email_offer" },
        }),
      );
  },
};

describe("what the business does to its users", () => {
  it.each(Object.keys(entrances))(
    "leaves the risk of a leaver, and the state of one who has lapsed: %s",
    async (name) => {
      const leaver = (await stores.features.topScores(20))[Object.keys(entrances).indexOf(name)];
      const before = await predict(leaver?.userId ?? "");
      expect(before.probability).toBeGreaterThan(0.3);
      const lapsed = await lapsedUser(Object.keys(entrances).indexOf(name));
      const [gone, counts] = [await predict(lapsed), await countUsers()];
      const extent = await stores.actions.extent(churn.passive);
      expect(gone.state).toBe("lapsed");

      for (const userId of [leaver?.userId ?? "", lapsed, `only mailed by ${name}`]) await entrances[name]?.(userId);
      await run("features");
      expect(await predict(leaver?.userId ?? "")).toEqual(before);
      expect(await predict(lapsed)).toEqual(gone);
      expect((await predict(`only mailed by ${name}`)).error).toContain("not known");
      expect(await countUsers()).toEqual(counts);
      expect(await stores.actions.extent(churn.passive)).toEqual(extent);
    },
  );

  it("would lower the risk if it counted as the user's own, as the same thing does that they did", async () => {
    const [leaver] = await stores.features.topScores(1);
    const userId = leaver?.userId ?? "";
    const items = moments.map((timestamp) => ({ user_id: userId, action: "login", timestamp }));
    await post("/events", JSON.stringify(items));
    await run("features");
    expect((await predict(userId)).probability).toBeLessThan((leaver?.probability ?? 0) / 2);
  });

  it("makes a stayer of no leaver that a model learns from", async () => {
    const [first] = await stores.models.versions();
    const { training, test } = await stores.models.manifest(first ?? "");
    // To everybody, on every day of the last two months.
    const times = Array.from({ length: 60 }, (_, i) => startOf(endDay - i) + 1);
    const users: string[] = [];
    for await (const { userId } of stores.actions.histories()) users.push(userId);
    for (const time of times)
      await stores.actions.append(users.map((userId) => ({ userId, action: "push", time, passive: true })));
    await run("features");
    await run("train");
    const again = (await stores.models.versions()).find((version) => version !== first) ?? "";
    const manifest = await stores.models.manifest(again);
    // But for the user who came back in the test before.
    expect(Math.abs(manifest.test.churned - test.churned)).toBeLessThanOrEqual(1);
    expect(Math.abs(manifest.training.churned - training.churned)).toBeLessThanOrEqual(training.snapshots.length);
    expect(manifest.training.rows).toBeGreaterThanOrEqual(training.rows);
  });
});

function countUsers() {
  return stores.features.currentSet().then((set) => stores.features.countUsers(set?.id ?? ""));
}

/** One of those who have lapsed. */
async function lapsedUser(index: number): Promise<string> {
  const found: string[] = [];
  for await (const { userId, days } of stores.actions.histories())
    if ((days.at(-1)?.day ?? endDay) < endDay - 40) found.push(userId);
  return found[index] ?? "";
}
