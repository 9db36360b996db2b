import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort } from "#test/support/free-port.ts";
import { recordingTracer } from "#test/support/recording-tracer.ts";
import { NotReady } from "../failures.ts";
import { createLogger } from "../logging.ts";
import { inSpan } from "./in-span.ts";
import { openTelemetry } from "./open-telemetry.ts";
import { runningSpan, traced, traceHeaders } from "./running-span.ts";
import { storeSpans } from "./store-spans.ts";
import { openTracer } from "./trace-settings.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parent = { traceId, spanId: "b7ad6b7169203331", flags: "01", state: "a=1,b=2" };

afterEach(() => vi.unstubAllEnvs());

describe("a recorded span", () => {
  it("belongs to its parent's trace, and tells its kind, attributes and links", async () => {
    const { tracer, spans } = recordingTracer();
    const other = { traceId: "1".repeat(32), spanId: "2".repeat(16), flags: "01" };
    const open = tracer.begin({ name: "GET /x", kind: "server", attributes: { a: 1 }, parent, links: [other] });
    open.note({ b: "two" });
    open.end();
    const [span] = await spans();
    expect(span).toMatchObject({ name: "GET /x", kind: SpanKind.SERVER, attributes: { a: 1, b: "two" } });
    expect(span?.parentSpanContext?.spanId).toBe(parent.spanId);
    expect(span?.links.map(({ context }) => context.spanId)).toEqual([other.spanId]);
    expect(span?.resource.attributes).toMatchObject({ "service.name": "test" });
    expect(open.context).toEqual({ ...parent, spanId: span?.spanContext().spanId });
  });

  it("begins a trace without a parent", async () => {
    const { tracer, spans } = recordingTracer();
    const { context, end } = tracer.begin({ name: "ping", kind: "consumer", parent: undefined });
    end();
    expect((await spans())[0]?.parentSpanContext).toBeUndefined();
    expect(context).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/), flags: "01" });
  });

  it("tells the class of an error and not its message, which may name a user", async () => {
    const { tracer, spans } = recordingTracer();
    const failing = inSpan(tracer, { name: "work", kind: "internal", parent }, async () => {
      throw new NotReady("eve is not there");
    });
    await expect(failing).rejects.toThrow(NotReady);
    const [span] = await spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toEqual({ "error.type": "NotReady" });
    expect(span?.events).toEqual([]);
  });

  it("is not sent of a trace that its beginning did not sample, but goes on with it", async () => {
    const { tracer, spans } = recordingTracer();
    const { context, end } = tracer.begin({ name: "x", kind: "server", parent: { ...parent, flags: "00" } });
    end();
    expect(context).toMatchObject({ traceId, flags: "00" });
    expect(await spans()).toEqual([]);
  });

  it("is sampled as OTEL_TRACES_SAMPLER says, and named as OTEL_SERVICE_NAME says", async () => {
    vi.stubEnv("OTEL_TRACES_SAMPLER", "always_off");
    const off = recordingTracer();
    off.tracer.begin({ name: "x", kind: "server", parent }).end();
    expect(await off.spans()).toEqual([]);

    vi.stubEnv("OTEL_TRACES_SAMPLER", "always_on");
    vi.stubEnv("OTEL_SERVICE_NAME", "shop-ingest");
    const on = recordingTracer();
    on.tracer.begin({ name: "x", kind: "server", parent: { ...parent, flags: "00" } }).end();
    expect((await on.spans())[0]?.resource.attributes["service.name"]).toBe("shop-ingest");
  });
});

describe("what runs in a span", () => {
  it("has requests, events and calls of stores belong to it", async () => {
    const { tracer, spans } = recordingTracer();
    await inSpan(tracer, { name: "outer", kind: "server", parent }, async ({ context }) => {
      const { traceId, spanId } = context;
      await Promise.resolve();
      expect(runningSpan()?.context).toBe(context);
      expect(traceHeaders()).toEqual({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: "a=1,b=2" });
      const event = { id: "1", source: "/x", type: "t" };
      expect(traced(event).extensions).toEqual(traceHeaders());
      const own = { ...event, extensions: { traceparent: "of another" } };
      expect(traced(own)).toBe(own);
      const call = storeSpans.begin("actions.append", { "db.system.name": "duckdb" }, "internal");
      await call?.run(async () => storeSpans.note({ "db.collection.name": "actions" }));
      call?.end();
    });
    const [call, outer] = await spans();
    expect(call).toMatchObject({ attributes: { "db.system.name": "duckdb", "db.collection.name": "actions" } });
    expect(call?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it("ends there: outside of it nothing is recorded", () => {
    expect(runningSpan()).toBeUndefined();
    expect(traceHeaders()).toEqual({});
    expect(storeSpans.begin("models.alias", {}, "internal")).toBeUndefined();
  });
});

describe("a collector that is away", () => {
  it("is told of once, and does not hold up the end of the process", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${await freePort()}`);
    vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "200");
    vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "10");
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ service: "test", level: "info" }, { stream, friendly: false });
    const tracer = openTelemetry({ service: "test", logger, closeMilliseconds: 1_000 });
    const record = () => tracer.begin({ name: "x", kind: "server", parent: undefined }).end();
    record();
    await expect.poll(() => lines.length).toBe(1);
    record();
    await new Promise((resolve) => setTimeout(resolve, 500));
    record();
    const began = performance.now();
    await tracer.close();
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ "log.level": "warn" }]);
  });
});

describe("openTracer", () => {
  const options = { service: "test", logger: createLogger({ service: "test", level: "silent" }) };

  it("opens none without a collector, nor where the SDK is disabled", async () => {
    expect(await openTracer({}, options)).toBeUndefined();
    const OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318";
    expect(await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: true }, options)).toBeUndefined();
  });

  it("opens one for traces alone", async () => {
    const tracer = await openTracer({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }, options);
    expect(tracer).toBeDefined();
    await tracer?.close();
  });
});
