import { HTTP } from "cloudevents";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEvent, readEvent } from "./event-request.ts";
import { type EventMessage, type LapseEvent, toBinary, toStructured } from "./events.ts";
import type { HttpRequest } from "./http.ts";

const scored: LapseEvent = {
  id: "1234-1234",
  source: "/lapse/score",
  type: "dev.lapse.users.scored",
  subject: "Jürgen 50%",
  time: "2024-03-01T02:00:00Z",
  data: { users: 3 },
  extensions: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", attempt: 2, last: false },
};

describe("toBinary", () => {
  it("writes attributes as headers, percent-encoded where a header cannot hold them", () => {
    expect(toBinary(scored)).toEqual({
      headers: {
        "ce-specversion": "1.0",
        "ce-id": "1234-1234",
        "ce-source": "/lapse/score",
        "ce-type": "dev.lapse.users.scored",
        "ce-subject": "J%C3%BCrgen%2050%25",
        "ce-time": "2024-03-01T02:00:00Z",
        "ce-traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "ce-attempt": "2",
        "ce-last": "false",
        "content-type": "application/json",
      },
      body: '{"users":3}',
    });
  });

  it("writes an event without data without a body", () => {
    const message = toBinary({ id: "1", source: "/s", type: "t" });
    expect(message.body).toBe("");
    expect(message.headers).not.toHaveProperty("content-type");
  });

  it("is understood by the official SDK", () => {
    const event = { ...scored, subject: "u1" };
    expect(HTTP.toEvent(toBinary(event))).toMatchObject({ id: "1234-1234", subject: "u1", data: { users: 3 } });
  });
});

describe("toStructured", () => {
  it("is understood by the official SDK", () => {
    expect(HTTP.toEvent(toStructured(scored))).toMatchObject({
      id: "1234-1234",
      subject: "Jürgen 50%",
      attempt: 2,
      data: { users: 3 },
    });
  });
});

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const anyEvent: fc.Arbitrary<LapseEvent> = fc.record(
  {
    id: word,
    source: fc.constantFrom(
      "/lapse/train",
      "https://example.com/a?b=c",
      "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    ),
    type: word,
    subject: word,
    time: fc.constant("2024-03-01T02:00:00.5+01:00"),
    dataschema: fc.constant("https://example.com/schemas/1#order"),
    data: fc.jsonValue(),
    extensions: fc.constantFrom({ lapsejob: "train" }, { tries: "3", a1: "b c" }),
  },
  { requiredKeys: ["id", "source", "type"] },
);

describe("an event written and read again", () => {
  // -0 is 0 in JSON, which is not what this is about.
  const normal = (event: LapseEvent) => JSON.parse(JSON.stringify(event));

  it("is the same in binary mode", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(readEvent(requestOf(toBinary(event)))).toEqual(normal(event));
      }),
    );
  });

  it("is the same in structured mode", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(readEvent(requestOf(toStructured(event)))).toEqual(normal(event));
      }),
    );
  });

  it("is the same in a batch", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), (events) => {
        const batch: unknown[] = JSON.parse(`[${events.map((event) => toStructured(event).body)}]`);
        expect(batch.map(parseEvent)).toEqual(events.map(normal));
      }),
    );
  });
});

function requestOf({ headers, body }: EventMessage): HttpRequest {
  return { method: "POST", path: "/", headers, body: Buffer.from(body) };
}
