import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { InvalidInput, TooLittleToLearn } from "#churn/failure.ts";
import { LetterBox } from "#test/support/letter-box.ts";
import { type Correlation, correlate } from "./correlation.ts";
import { DeadLetterKeeper } from "./dead-letters/keeper.ts";
import { featuresPing, modelPromoted } from "./event-kinds.ts";
import { readEvent } from "./event-request.ts";
import { eventLimit, eventRoute } from "./event-route.ts";
import { type EventMessage, type LapseEvent, toBinary, toStructured } from "./events.ts";
import { TooLarge } from "./failures.ts";
import type { MadeFunction } from "./function-definition.ts";
import { createLogger } from "./logging.ts";
import { eventMetrics } from "./metrics/events.ts";
import { parseTraceparent } from "./trace.ts";

const ping: LapseEvent = { id: "1", source: "/ping", type: featuresPing.type };
const follows: LapseEvent = { id: "2", source: "/lapse/train", type: modelPromoted.type, data: { auc: 0.84 } };

describe("the route of an event function", () => {
  it("answers with the event that follows, in binary mode, with a tracestate beside its traceparent", async () => {
    const { call } = functionOf(async () => follows);
    const { status, headers, body } = await call(toBinary(ping));
    expect(status).toBe(200);
    expect(readEvent({ method: "POST", path: "/", headers, body: Buffer.from(body) })).toEqual({
      ...follows,
      extensions: { traceparent: expect.any(String), tracestate: "lapse=1" },
    });
  });

  it("carries the event's trace on under a span of its own, and tells of both in its log entry", async () => {
    const { call, entries } = functionOf(async () => follows);
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const { headers } = await call(toStructured({ ...ping, extensions: { traceparent } }));
    const span = parseTraceparent(headers["ce-traceparent"]);
    expect(span).toMatchObject({ traceId, flags: "01" });
    expect(span?.spanId).not.toBe("b7ad6b7169203331");
    expect(entries()).toMatchObject([{ "event.id": "1", "trace.id": traceId, "span.id": span?.spanId }]);
  });

  it("begins a trace for an event without one, or with one that is wrong", async () => {
    const { call } = functionOf(async () => follows);
    const traces = await Promise.all(
      [undefined, "nonsense", "nonsense"].map(async (traceparent) => {
        const { headers } = await call(
          toBinary(traceparent === undefined ? ping : { ...ping, extensions: { traceparent } }),
        );
        return parseTraceparent(headers["ce-traceparent"])?.traceId;
      }),
    );
    expect(new Set(traces).size).toBe(3);
    expect(traces).not.toContain(undefined);
  });

  it("passes the event's tracestate on", async () => {
    const { call } = functionOf(async () => follows);
    const extensions = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "a=1,b=2",
    };
    const { headers } = await call(toBinary({ ...ping, extensions }));
    expect(headers["ce-tracestate"]).toBe("a=1,b=2");
  });

  it("names the request that brought the event, and stays in its span", async () => {
    const { call, entries } = functionOf(async () => undefined);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const correlation = correlate({ traceparent, "x-request-id": "r1" });
    await call(toBinary(ping), correlation);
    expect(entries()).toMatchObject([{ "http.request.id": "r1", "span.id": correlation.span.spanId }]);
  });

  it("answers 204 without a body when nothing follows", async () => {
    const { call } = functionOf(async () => undefined);
    expect(await call(toStructured(ping))).toEqual({ status: 204, headers: {}, body: "" });
  });

  it("passes the event on, with fields for log entries", async () => {
    const seen: unknown[] = [];
    const { call } = functionOf(async (event, fields) => void seen.push(event, fields));
    await call(toBinary(ping));
    expect(seen).toEqual([ping, { "trace.id": expect.any(String), "span.id": expect.any(String) }]);
  });

  it("refuses what is not a CloudEvent", async () => {
    const { call } = functionOf(async () => undefined);
    await expect(call({ headers: { "content-type": "application/json" }, body: "{}" })).rejects.toThrow(InvalidInput);
  });

  it("keeps an event that is too large for it as a dead letter", async () => {
    const { call, box } = functionOf(async () => undefined);
    const large = { ...ping, data: { text: "x".repeat(eventLimit) } };
    await expect(call(toBinary(large))).rejects.toThrow(TooLarge);
    const [letter] = box.letters;
    expect(letter).toMatchObject({ destination: "test", status: 413, event: { id: "1", source: "/ping" } });
    expect(Buffer.from(letter?.event.bytes ?? []).toString()).toBe(JSON.stringify(large.data));
  });

  it.each([
    ["ce-subject", "", "subject must not be empty"],
    ["ce-subject", "u".repeat(70_000), "subject is too long"],
    ["ce-subject", "%FF", "subject is percent-encoded, but not as UTF-8"],
    ["ce-time", "yesterday", "time must be"],
  ])("keeps an event that a laxer broker took although its %s is %j", async (name, value, reason) => {
    const { call, box } = functionOf(async () => undefined);
    const { headers, body } = toBinary({ ...ping, data: { a: 1 }, extensions: { lapsejob: "x" } });
    await expect(call({ headers: { ...headers, [name]: value }, body })).rejects.toThrow(reason);
    const [letter, ...others] = box.letters;
    expect(letter).toMatchObject({ destination: "test", status: 400, answer: expect.stringContaining(reason) });
    const attributes = { ...ping, [name.slice(3)]: value, extensions: { lapsejob: "x" } };
    expect(letter?.event).toEqual({ ...attributes, datacontenttype: "application/json", bytes: Buffer.from(body) });
    expect(others).toEqual([]);
  });

  it("keeps one that a laxer broker took in structured mode, also where it is JSON as some programs write it", async () => {
    const { call, box } = functionOf(async () => undefined);
    const { headers, body } = toStructured({ ...ping, data: { a: 7 } });
    const odd = `${String(body).replace("{", '{"time":"yesterday",').replace('"a":7', '"a":NaN').slice(0, -1)},}`;
    await expect(call({ headers, body: odd })).rejects.toThrow("time must be");
    expect(box.letters).toMatchObject([{ event: { id: "1", time: "yesterday", data: { a: null } } }]);
  });

  it("keeps nothing of what has no identity", async () => {
    const { call, box } = functionOf(async () => undefined);
    const { headers, body } = toBinary(ping);
    for (const name of ["ce-id", "ce-source", "ce-type"])
      await expect(call({ headers: { ...headers, [name]: "" }, body })).rejects.toThrow(InvalidInput);
    await expect(call({ headers: { "content-type": "application/json" }, body: "{}" })).rejects.toThrow(InvalidInput);
    expect(box.letters).toEqual([]);
  });

  it("takes an event from which too little could be learned, and says so: it would be no use later", async () => {
    const {
      call,
      entries,
      registry: metricsRegistry,
    } = functionOf(async () => {
      throw new TooLittleToLearn("The log is too short.");
    });
    expect((await call(toBinary(ping))).status).toBe(204);
    expect(entries()).toMatchObject([{ "log.level": "warn", "event.id": "1", message: "test: The log is too short." }]);
    expect(await metricsRegistry.metrics()).toContain('outcome="failure",answer="none"} 1');
  });

  it("lets failures through, and counts what it handled", async () => {
    const { call, registry: metricsRegistry } = functionOf(async ({ id }) => {
      if (id === "bad") throw new InvalidInput("no");
      return follows;
    });
    await call(toBinary(ping));
    await expect(call(toBinary({ ...ping, id: "bad", type: "made.up" }))).rejects.toThrow("no");
    const metrics = await metricsRegistry.metrics();
    const series = (type: string, outcome: string, answer: string) =>
      `lapse_events_handled_total{function="test",type="${type}",outcome="${outcome}",answer="${answer}"} 1`;
    expect(metrics).toContain(series(featuresPing.type, "success", modelPromoted.type));
    expect(metrics).toContain(series("other", "failure", "none"));
  });
});

function functionOf(handle: MadeFunction["handle"]) {
  const metricsRegistry = new Registry();
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "test", level: "info" }, { stream, friendly: false });
  const box = new LetterBox();
  const letters = async () => box;
  const deadLetters = new DeadLetterKeeper({ name: "test", letters, mostLetters: 10, now: () => 0, logger });
  const route = eventRoute(
    { handle, routes: [] },
    {
      name: "test",
      events: eventMetrics(metricsRegistry),
      logger,
      bodyLimit: eventLimit,
      deadLetters,
    },
  );
  const call = ({ headers, body }: EventMessage, correlation?: Correlation) =>
    route.handle({ method: "POST", path: "/", headers, body: Buffer.from(body), correlation });
  return { call, box, registry: metricsRegistry, entries: () => lines.map((line) => JSON.parse(line)) };
}
