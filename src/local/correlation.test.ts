import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { actionEvent, featuresUpdated, pings, pingType, usersScored } from "#runtime/event-kinds.ts";
import { createLogger } from "#runtime/logging.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { createLapse, type Lapse } from "./lapse.ts";

const endDay = parseDay("2024-06-30") ?? 0;
const now = () => startOf(endDay + 1) + 43_200_000;
const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

let folder: string;
let lapse: Lapse;
let lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-correlation-"));
  const stores = await setUpStores({ dataDir: folder }, now);
  await ingestLog(generateLog({ users: 300, months: 4, endDay, seed: 7 }), { actions: stores.actions, now });
  const stream = { write: (line: string) => void lines.push(line) };
  let id = 0;
  lapse = await createLapse({
    stores,
    churn: { churnDays: 14, leadDays: 0, observeDays: 28 },
    logger: createLogger({ service: "lapse", level: "debug", now }, { stream, friendly: false }),
    now,
    newId: () => `id-${id++}`,
    drainMilliseconds: 1000,
  });
});

afterAll(async () => {
  await lapse.close();
  await rm(folder, { recursive: true });
});

/** What was logged meanwhile. */
async function entriesOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  lines = [];
  await work();
  await lapse.wiring.broker.idle();
  return lines.map((line) => JSON.parse(line));
}

const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
  lapse.server.inject({
    method: "POST",
    url,
    payload: JSON.stringify(payload),
    headers: { "content-type": "application/json", ...headers },
  });

const isNews = (entry: Record<string, unknown>) => entry["log.level"] !== "debug";

const action = { specversion: "1.0", id: "a1", source: "/shop", type: actionEvent.type, data: { action: "login" } };

describe("one trace", () => {
  it("leads from an action in the broker to its entry in ingest, which names the user and nothing more of them", async () => {
    const { specversion: _, ...event } = { ...action, subject: "eve", time: "2024-07-01T09:00:00Z" };
    const entries = await entriesOf(async () => lapse.wiring.broker.publish({ ...event, extensions: { traceparent } }));
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ "event.id": "a1", "user.id": "eve", "trace.id": traceId });
    expect(JSON.stringify(entries)).not.toContain("login");
  });

  it("leads from a features ping to features, score and monitor", async () => {
    const publish = (job: keyof typeof pings, extensions = {}) => {
      const time = new Date(now()).toISOString();
      const ping = pings[job].make({ id: job, source: "/test", time, data: { through: "today" }, extensions });
      lapse.wiring.broker.publish(ping);
    };
    await entriesOf(async () => publish("features"));
    await entriesOf(async () => publish("train"));
    const entries = await entriesOf(async () => publish("features", { traceparent }));
    const handled = entries.filter(({ message }) => /^(features|score|monitor) handled /.test(String(message)));
    expect(handled.map(({ message }) => String(message).replace(/ in .*/, "")).sort()).toEqual([
      `features handled ${pingType}`,
      `monitor handled ${featuresUpdated.type}`,
      `monitor handled ${usersScored.type}`,
      `score handled ${featuresUpdated.type}`,
    ]);
    expect(new Set(handled.map((entry) => entry["trace.id"]))).toEqual(new Set([traceId]));
    expect(new Set(handled.map((entry) => entry["span.id"])).size).toBe(4);
  });

  it("leads from a request to the run that it asked for", async () => {
    const entries = await entriesOf(() => post("/run/features", {}, { traceparent }));
    const functions = entries.filter((entry) => entry["trace.id"] === traceId).map(({ message }) => message);
    expect(functions.join()).toMatch(/features handled.*score handled|features handled.*monitor handled/);
  });

  it("is taken from the request by what the broker accepts over HTTP", async () => {
    const event = { ...action, id: "a2", subject: "eve", time: "2024-07-01T10:00:00Z" };
    const headers = { "content-type": "application/cloudevents+json", traceparent };
    const entries = await entriesOf(() => post("/broker", event, headers));
    expect(entries.filter(isNews)).toMatchObject([{ "event.id": "a2", "trace.id": traceId }]);
  });
});

describe("one request", () => {
  it("has an id in its answer and in its entry, and a batch is told of by numbers alone", async () => {
    const items = [1, 2].map((minute) => ({
      user_id: "ann",
      action: "buy",
      timestamp: `2024-07-01T09:0${minute}:00Z`,
    }));
    let id: unknown;
    const entries = await entriesOf(async () => {
      const answer = await post("/events", [...items, {}], { "x-request-id": "r1", traceparent });
      id = answer.headers["x-request-id"];
    });
    expect(id).toBe("r1");
    expect(entries).toHaveLength(2);
    for (const entry of entries) expect(entry).toMatchObject({ "http.request.id": "r1", "trace.id": traceId });
    expect(entries.find(isNews)?.message).toBe(
      "ingest took a request: 2 new actions, 0 stored before, 1 rejected, 0 to be sent again.",
    );
    expect(JSON.stringify(entries)).not.toMatch(/ann|buy/);
  });

  it("is told of by the predictor at level debug, without the user", async () => {
    await lapse.refresh();
    let id: unknown;
    const entries = await entriesOf(async () => {
      const answer = await post("/v1/models/churn:predict", { instances: [{ user_id: "user-0001" }] }, { traceparent });
      id = answer.headers["x-request-id"];
    });
    expect(entries).toMatchObject([
      { "log.level": "debug", "http.request.id": id, "trace.id": traceId, "http.response.status_code": 200 },
    ]);
    expect(JSON.stringify(entries)).not.toContain("user-0001");
  });
});
