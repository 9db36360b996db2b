import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { beforeAll, describe, expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { actionEvent, featuresUpdated, pings, pingType } from "#runtime/event-kinds.ts";
import { createLogger } from "#runtime/logging.ts";
import { storeSpans } from "#runtime/tracing/store-spans.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { pathsOf, recordingTracer } from "#test/support/recording-tracer.ts";
import { createLapse } from "./lapse.ts";

const endDay = parseDay("2024-06-30") ?? 0;
const now = () => startOf(endDay + 1) + 43_200_000;
const ids = { request: "1".repeat(32), event: "2".repeat(32), ping: "3".repeat(32) };
const traceparent = (of: keyof typeof ids) => `00-${ids[of]}-b7ad6b7169203331-01`;

let spans: readonly ReadableSpan[];
const lines: string[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-traces-"));
  const { tracer, spans: recorded } = recordingTracer();
  const stores = await setUpStores({ dataDir: folder, spans: storeSpans }, now);
  await ingestLog(generateLog({ users: 150, months: 4, endDay, seed: 7 }), { actions: stores.actions, now });
  const stream = { write: (line: string) => void lines.push(line) };
  let id = 0;
  const lapse = await createLapse({
    stores,
    churn: { churnDays: 14, leadDays: 0, observeDays: 28 },
    logger: createLogger({ service: "lapse", level: "info", now }, { stream, friendly: false }),
    now,
    newId: () => `id-${id++}`,
    drainMilliseconds: 1000,
    tracer,
  });
  const { server, wiring } = lapse;

  const body = { user_id: "eve", action: "login", timestamp: "2024-07-01T09:00:00Z" };
  await server.inject({
    method: "POST",
    url: "/events",
    payload: body,
    headers: { traceparent: traceparent("request") },
  });

  const event = { specversion: "1.0", id: "a1", source: "/shop", type: actionEvent.type, subject: "eve" };
  const payload = JSON.stringify({ ...event, time: "2024-07-01T10:00:00Z", data: { action: "login" } });
  const headers = { "content-type": "application/cloudevents+json", traceparent: traceparent("event") };
  await server.inject({ method: "POST", url: "/broker", payload, headers });
  await wiring.broker.idle();

  let pinged = 0;
  const ping = async (job: keyof typeof pings, extensions = {}) => {
    const time = new Date(now()).toISOString();
    // Of its own each time: a ping that comes again finds its run done.
    wiring.broker.publish(
      pings[job].make({ id: `${job}-${pinged++}`, source: "/test", time, data: { through: "today" }, extensions }),
    );
    await wiring.broker.idle();
  };
  await ping("features");
  await ping("train");
  await ping("features", { traceparent: traceparent("ping") });

  await lapse.close();
  spans = await recorded();
  await rm(folder, { recursive: true });
});

/** Those of one trace, in the order in which they ended. */
function spansOf(trace: keyof typeof ids): ReadableSpan[] {
  return spans.filter((span) => span.spanContext().traceId === ids[trace]);
}

function entriesOf(trace: keyof typeof ids): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line)).filter((entry) => entry["trace.id"] === ids[trace]);
}

describe("a recorded trace", () => {
  it("leads from who sends an action over HTTP to the store", () => {
    expect(pathsOf(spansOf("request"))).toEqual(["POST /events", "POST /events > actions.append"]);
    const [append, request] = spansOf("request");
    expect(request?.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(request?.attributes).toMatchObject({ "lapse.function": "ingest", "http.response.status_code": 200 });
    expect(append?.attributes).toMatchObject({ "db.system.name": "duckdb", "db.operation.batch.size": 1 });
    expect(entriesOf("request")).toMatchObject([{ "span.id": request?.spanContext().spanId }]);
  });

  it("leads from an action through the broker to the store, and tells of each attempt to deliver it", () => {
    const handles = `ingest handles ${actionEvent.type}`;
    expect(pathsOf(spansOf("event"))).toEqual([
      "POST /broker",
      "POST /broker > broker delivers to ingest",
      `POST /broker > broker delivers to ingest > ${handles}`,
      `POST /broker > broker delivers to ingest > ${handles} > actions.append`,
    ]);
    const handled = spansOf("event").find(({ name }) => name === handles);
    expect(entriesOf("event")).toMatchObject([{ "span.id": handled?.spanContext().spanId }]);
  });

  it("leads from a ping through features to the last score", () => {
    const paths = pathsOf(spansOf("ping"));
    const features = `broker delivers to features > features handles ${pingType}`;
    expect(paths).toContain(`${features} > actions.rollUp`);
    expect(paths).toContain(`${features} > features.putSet`);
    const score = `${features} > broker delivers to score > score handles ${featuresUpdated.type}`;
    expect(paths).toContain(`${score} > ledger.append`);
    expect(paths).toContain(`${score} > features.putScores`);
    expect(paths.join()).not.toContain("train");
  });

  it("never names a user or an action", () => {
    expect(spans.length).toBeGreaterThan(50);
    const told = JSON.stringify(spans.map(({ name, attributes }) => ({ name, attributes })));
    expect(told).not.toMatch(/eve"|login|user-\d/);
  });
});
