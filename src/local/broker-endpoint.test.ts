import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import type { LapseEvent } from "#runtime/events.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { brokerEndpoint } from "./broker-endpoint.ts";
import { BrokerFull } from "./failures.ts";

const event = new CloudEvent({ id: "1", source: "/shop", type: "com.example.any", data: { a: 1 }, tenant: "t" });
const asReceived = { id: "1", source: "/shop", type: "com.example.any", data: { a: 1 }, extensions: { tenant: "t" } };

function requestOf(message: { headers: Record<string, unknown>; body: unknown }): HttpRequest {
  const headers = Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    method: "POST",
    path: "/broker",
    headers: Object.fromEntries(headers),
    body: Buffer.from(String(message.body)),
  };
}

function setUp(publish?: (event: LapseEvent) => void) {
  const published: LapseEvent[] = [];
  return { published, endpoint: brokerEndpoint({ publish: publish ?? ((one) => published.push(one)) }) };
}

describe("POST /broker", () => {
  it.each([
    ["binary", HTTP.binary(event)],
    ["structured", HTTP.structured(event)],
  ])("accepts any CloudEvent of the official client in %s mode", async (_, message) => {
    const { published, endpoint } = setUp();
    const answer = await endpoint(requestOf(message));
    expect([answer.status, answer.body]).toEqual([202, ""]);
    expect(published).toEqual([{ ...asReceived, time: event.time }]);
  });

  it("refuses what is no CloudEvent with 400", async () => {
    const { published, endpoint } = setUp();
    const plain = { headers: { "content-type": "application/json" }, body: '{"user_id":"u"}' };
    expect((await endpoint(requestOf(plain))).status).toBe(400);
    const withoutId = { headers: { "ce-specversion": "1.0", "ce-type": "a", "ce-source": "/a" }, body: "" };
    expect((await endpoint(requestOf(withoutId))).status).toBe(400);
    expect(published).toEqual([]);
  });

  it("answers 503 with a time to come back while the broker is full", async () => {
    const { endpoint } = setUp(() => {
      throw new BrokerFull("The broker is full.");
    });
    const answer = await endpoint(requestOf(HTTP.structured(event)));
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
  });

  it("takes no other method", async () => {
    const { endpoint } = setUp();
    const answer = await endpoint({ ...requestOf(HTTP.binary(event)), method: "GET" });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  });
});
