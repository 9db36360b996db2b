import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import type { LapseEvent } from "#runtime/events.ts";
import { fastifyServer } from "#runtime/fastify-server.ts";
import { silentResponder } from "#test/support/silent-responder.ts";
import { brokerRoute } from "./broker-route.ts";
import { BrokerFull } from "./failures.ts";

const event = new CloudEvent({ id: "1", source: "/shop", type: "com.example.any", data: { a: 1 }, tenant: "t" });
const asReceived = { id: "1", source: "/shop", type: "com.example.any", data: { a: 1 }, extensions: { tenant: "t" } };

function setUp(publish?: (event: LapseEvent) => void) {
  const published: LapseEvent[] = [];
  const route = brokerRoute({ publish: publish ?? ((one) => void published.push(one)) });
  const server = fastifyServer([{ name: "broker", routes: [route] }], silentResponder());
  const send = ({ headers, body }: { headers: Record<string, unknown>; body: unknown }) => {
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    return server.inject({ method: "POST", url: "/broker", headers: Object.fromEntries(texts), payload: String(body) });
  };
  return { published, server, send };
}

describe("POST /broker", () => {
  it.each([
    // The header Content-Type is the attribute datacontenttype, with its parameters: HTTP binding, 3.1.1.
    ["binary", HTTP.binary(event), "application/json; charset=utf-8"],
    ["structured", HTTP.structured(event), undefined],
  ])("accepts any CloudEvent of the official client in %s mode", async (_, message, datacontenttype) => {
    const { published, send } = setUp();
    const { statusCode, body } = await send(message);
    expect([statusCode, body]).toEqual([202, ""]);
    const extensions = { ...asReceived.extensions, traceparent: expect.any(String), tracestate: "lapse=1" };
    expect(published).toEqual([{ ...asReceived, datacontenttype, extensions, time: event.time }]);
  });

  it.each([
    ["text/plain", "hello"],
    ["application/xml", "<a/>"],
    ["application/json", '{"broken":'],
    ["application/octet-stream", "\u0001\u0002"],
  ])("accepts data of any kind: %s", async (contentType, body) => {
    const { published, send } = setUp();
    const attributes = { "ce-specversion": "1.0", "ce-id": "1", "ce-type": "a", "ce-source": "/a" };
    expect((await send({ headers: { ...attributes, "content-type": contentType }, body })).statusCode).toBe(202);
    expect(published.map(({ bytes }) => String(bytes))).toEqual([body]);
  });

  it("passes the sender's tracestate on", async () => {
    const { published, send } = setUp();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const { headers, body } = HTTP.binary(event);
    await send({ headers: { ...headers, traceparent, tracestate: "vendor=1" }, body });
    expect(published[0]?.extensions).toMatchObject({ tracestate: "vendor=1" });
  });

  it("refuses what is not a CloudEvent with 400", async () => {
    const { published, send } = setUp();
    const plain = { headers: { "content-type": "application/json" }, body: '{"user_id":"u"}' };
    expect((await send(plain)).statusCode).toBe(400);
    const withoutId = { headers: { "ce-specversion": "1.0", "ce-type": "a", "ce-source": "/a" }, body: "" };
    expect((await send(withoutId)).statusCode).toBe(400);
    expect(published).toEqual([]);
  });

  it("answers 503 with a time to come back while the broker is full", async () => {
    const { send } = setUp(() => {
      throw new BrokerFull("The broker is full.");
    });
    const { statusCode, headers } = await send(HTTP.structured(event));
    expect([statusCode, headers["retry-after"]]).toEqual([503, "5"]);
  });

  it("takes no other method", async () => {
    const { statusCode, headers } = await setUp().server.inject({ method: "GET", url: "/broker" });
    expect([statusCode, headers.allow]).toEqual([405, "POST"]);
  });
});
