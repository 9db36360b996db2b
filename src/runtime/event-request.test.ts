import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { eventMode, parseEvent, readEvent } from "./event-request.ts";
import { toBinary, toStructured } from "./events.ts";
import { UnsupportedMediaType } from "./failures.ts";
import type { HttpRequest } from "./http.ts";

const attributes = {
  specversion: "1.0",
  id: "1234-1234-1234",
  type: "com.example.someevent",
  source: "/mycontext/subcontext",
  time: "2018-04-05T03:56:24Z",
};
const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
const { specversion, ...expected } = attributes;

// The scenarios of the CloudEvents conformance suite for the HTTP binding.
describe("the HTTP protocol binding", () => {
  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    "application/x+json",
  ])("reads binary mode with %s", (type) => {
    const body = '{\n    "message": "Hello World!"\n}\n';
    const event = readEvent(request({ ...headers, "content-type": type }, body));
    const datacontenttype = type === "application/json" ? undefined : type;
    expect(event).toEqual({ ...expected, datacontenttype, data: { message: "Hello World!" } });
  });

  it.each([
    "application/cloudevents+json",
    "application/cloudevents+json; charset=utf-8",
    "Application/CloudEvents+JSON",
  ])("reads structured mode with %s", (type) => {
    const body = { ...attributes, datacontenttype: "application/json", data: { message: "Hello World!" } };
    const event = readEvent(request({ "content-type": type }, JSON.stringify(body)));
    expect(event).toEqual({ ...expected, data: { message: "Hello World!" } });
  });

  it("reads what the official SDK sends in either mode", () => {
    const event = new CloudEvent({ ...attributes, subject: "u1", lapsejob: "train", data: { action: "login" } });
    const read = { ...expected, time: "2018-04-05T03:56:24.000Z", subject: "u1", data: { action: "login" } };
    for (const [{ headers, body }, datacontenttype] of [
      [HTTP.binary(event), "application/json; charset=utf-8"],
      [HTTP.structured(event), undefined],
    ] as const) {
      const extensions = { lapsejob: "train" };
      expect(readEvent(request(headers, String(body)))).toEqual({ ...read, datacontenttype, extensions });
    }
  });
});

describe("eventMode", () => {
  it.each([
    [{ "content-type": "application/cloudevents+json" }, "structured"],
    [{ "content-type": "application/cloudevents-batch+json" }, "batch"],
    [{ "content-type": "application/cloudevents+avro" }, "structured"],
    [{ "ce-id": "1", "content-type": "application/json" }, "binary"],
    [{ "content-type": "application/json" }, undefined],
    [{}, undefined],
  ])("of %j is %s", (given, mode) => {
    expect(eventMode({ headers: given })).toBe(mode);
  });
});

describe("readEvent", () => {
  it("keeps data that is false, 0 or null, which is not the same as none", () => {
    for (const data of [false, 0, null, ""]) {
      expect(parseEvent({ ...attributes, data })).toEqual({ ...expected, data });
      expect(readEvent(request({ ...headers, "content-type": "application/json" }, JSON.stringify(data)))).toEqual({
        ...expected,
        data,
      });
    }
    expect(parseEvent(attributes)).not.toHaveProperty("data");
    expect(readEvent(request({ ...headers, "content-type": "text/plain" }, ""))).not.toHaveProperty("data");
  });

  it("decodes percent-encoded headers, and leaves what is none", () => {
    const subjectOf = (subject: string) => readEvent(request({ ...headers, "ce-subject": subject })).subject;
    expect(subjectOf("J%C3%BCrgen%20K.")).toBe("Jürgen K.");
    expect(subjectOf("50%")).toBe("50%");
    expect(subjectOf("50%25 of %")).toBe("50% of %");
  });

  it("reads header bytes as UTF-8, as the Go SDK and Knative send them, and as Latin-1 where they are not", () => {
    const subjectOf = (bytes: Buffer) =>
      readEvent(request({ ...headers, "ce-subject": bytes.toString("latin1") })).subject;
    expect(subjectOf(Buffer.from("José 東京"))).toBe("José 東京");
    expect(subjectOf(Buffer.from("José", "latin1"))).toBe("José");
  });

  it("takes the quotes and escapes of a quoted header away", () => {
    const subjectOf = (subject: string) => readEvent(request({ ...headers, "ce-subject": subject })).subject;
    expect(subjectOf('"J. \\"the cat\\" K."')).toBe('J. "the cat" K.');
    expect(subjectOf('"Euro %E2%82%AC"')).toBe("Euro €");
    expect(subjectOf('the "cat"')).toBe('the "cat"');
  });

  it.each(["%C3%28", "Jos%E9", "%ff"])("refuses %s, which is percent-encoded but not UTF-8", (subject) => {
    const error = failureOf(() => readEvent(request({ ...headers, "ce-subject": subject })));
    expect(error.message).toBe("subject is percent-encoded, but not as UTF-8.");
    expect(error.details).toEqual({ field: "subject" });
  });

  it.each(["2018-04-05T03:56:24.1234567890123Z", "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00"])(
    "takes the time %s",
    (time) => {
      expect(parseEvent({ ...attributes, time }).time).toBe(time);
    },
  );

  it("refuses a leap second within a day", () => {
    expect(failureOf(() => parseEvent({ ...attributes, time: "2018-04-05T03:56:60Z" })).details).toEqual({
      field: "time",
    });
  });

  it.each([
    ["JSON that is broken", "application/json", '{"a":', {}],
    [
      "JSON in another charset",
      "application/json; charset=latin1",
      "{}",
      { datacontenttype: "application/json; charset=latin1" },
    ],
    ["text", "text/plain", "hello", { datacontenttype: "text/plain" }],
    ["XML", "application/xml", "<a/>", { datacontenttype: "application/xml" }],
    ["bytes", "application/octet-stream", "\u0000\u0001", { datacontenttype: "application/octet-stream" }],
  ])("keeps data that is %s as bytes, with its content type", (_what, contentType, body, kept) => {
    const event = readEvent(request({ ...headers, "content-type": contentType }, body));
    expect(event).toEqual({ ...expected, ...kept, bytes: Buffer.from(body) });
    for (const message of [toBinary(event), toStructured(event)])
      expect(readEvent(request(message.headers, Buffer.from(message.body)))).toEqual(event);
  });

  it("keeps bytes that are not JSON in the JSON event format, as text or in base64", () => {
    const datacontenttype = "text/xml";
    const read = { ...expected, datacontenttype, bytes: Buffer.from("<a/>") };
    expect(parseEvent({ ...attributes, datacontenttype, data: "<a/>" })).toEqual(read);
    const encoded = Buffer.from("<a/>").toString("base64");
    expect(parseEvent({ ...attributes, datacontenttype, data_base64: encoded })).toEqual(read);
  });

  it("keeps every digit of a number, and the bytes that it was sent as", () => {
    const body = '{"order":9007199254740993}';
    const event = readEvent(request({ ...headers, "content-type": "application/json" }, body));
    expect(event).toEqual({ ...expected, data: { order: "9007199254740993" }, bytes: Buffer.from(body) });
    expect(String(toBinary(event).body)).toBe(body);
  });

  it.each([
    ['{"a":1e400,"b":0.12345678901234567890,"c":1.0}', { a: Number.POSITIVE_INFINITY, b: 0.12345678901234568, c: 1 }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"b":1,"1":{"id":9007199254740993}}', { b: 1, 1: { id: "9007199254740993" } }],
    ['{"a":"\\u00e9"}', { a: "é" }],
    ['{"a":NaN,"b":-Infinity,"c":[1,],}', { a: null, b: Number.NEGATIVE_INFINITY, c: [1] }],
  ])("passes on %s as it was sent, in either mode", (sent, data) => {
    const structured = `${JSON.stringify({ ...attributes, dataschema: "https://example.com/s" }).slice(0, -1)}, "data": ${sent} }`;
    for (const asked of [
      request({ ...headers, "ce-dataschema": "https://example.com/s", "content-type": "application/json" }, sent),
      request({ "content-type": "application/cloudevents+json" }, structured),
    ]) {
      const event = readEvent(asked);
      expect(event).toEqual({ ...expected, dataschema: "https://example.com/s", data, bytes: Buffer.from(sent) });
      for (const message of [toBinary(event), toStructured(event)])
        expect(readEvent(request(message.headers, Buffer.from(message.body)))).toEqual(event);
    }
  });

  it("decodes data_base64", () => {
    const encoded = Buffer.from('{"action":"login"}').toString("base64");
    expect(parseEvent({ ...attributes, data_base64: encoded }).data).toEqual({ action: "login" });
  });

  it("takes a null attribute for one that is not set", () => {
    expect(parseEvent({ ...attributes, subject: null, lapsejob: null })).toEqual(expected);
  });

  it("skips a byte order mark", () => {
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(attributes))]);
    expect(readEvent(request({ "content-type": "application/cloudevents+json" }, body))).toEqual(expected);
  });

  it.each([
    ["id", { id: undefined }, "id is required."],
    ["id", { id: "" }, "id must not be empty."],
    ["id", { id: 4 }, "id must be a string."],
    ["source", { source: null }, "source is required."],
    ["source", { source: "not a URI" }, "source is not of the form that CloudEvents asks for."],
    ["type", { type: undefined }, "type is required."],
    ["specversion", { specversion: undefined }, "specversion is required."],
    ["specversion", { specversion: "0.3" }, "specversion must be 1.0."],
    ["time", { time: "yesterday" }, "time must be an RFC 3339 date-time with its zone."],
    ["time", { time: "2018-04-05T03:56:24" }, "time must be an RFC 3339 date-time with its zone."],
    ["subject", { subject: "" }, "subject must not be empty."],
    ["subject", { subject: "x".repeat(65_537) }, "subject is too long."],
    ["dataschema", { dataschema: "not a URI" }, "dataschema is not of the form that CloudEvents asks for."],
    ["lapsejob", { lapsejob: { a: 1 } }, "An extension must be a string, a boolean or an integer."],
    ["weight", { weight: 1.5 }, "An extension must be a string, a boolean or an integer."],
    ["data_base64", { data_base64: "&&" }, "data_base64 must be a base64 text."],
    ["data", { data: 1, data_base64: "MQ==" }, "The event has both data and data_base64."],
  ])("refuses a wrong %s: %j", (field, change, message) => {
    const error = failureOf(() => parseEvent({ ...attributes, ...change }));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error.message).toContain(message);
    expect(error.details).toEqual({ field });
  });

  it.each([["Upper"], ["with-dash"], ["snake_case"]])("refuses an attribute named %s", (name) => {
    const event = JSON.parse(JSON.stringify(attributes).replace("{", `{"${name}":"x",`));
    const error = failureOf(() => parseEvent(event));
    expect(error.message).toContain("lower-case letters and digits");
    expect(error.details).toEqual({ field: name });
  });

  it("does not take attributes from a member named __proto__", () => {
    const event = JSON.parse('{"specversion":"1.0","type":"t","source":"/s","__proto__":{"id":"1"}}');
    expect(failureOf(() => parseEvent(event)).message).toBe("id is required.");
  });

  it("has at most a thousand attributes", () => {
    const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, "y"]));
    const room = 1_000 - Object.keys(attributes).length;
    expect(Object.keys(parseEvent({ ...attributes, ...names(room) }).extensions ?? {})).toHaveLength(room);
    expect(() => parseEvent({ ...attributes, ...names(room + 1) })).toThrow(
      "A CloudEvent has at most 1000 attributes.",
    );
  });

  it.each(["schemaurl", "validate", "emit", "tojson", "constructor"])("keeps an extension named %s", (name) => {
    expect(parseEvent({ ...attributes, [name]: "x" }).extensions).toEqual({ [name]: "x" });
  });

  it("refuses a header that claims to be data", () => {
    expect(failureOf(() => readEvent(request({ ...headers, "ce-data": "x" }))).details).toEqual({ field: "data" });
  });

  it.each([
    ["no CloudEvent", { "content-type": "application/json" }, "{}", "The request holds no CloudEvent"],
    ["a batch", { "content-type": "application/cloudevents-batch+json" }, "[]", "one CloudEvent per request"],
    ["another charset", { "content-type": "application/cloudevents+json; charset=latin1" }, "{}", "must be UTF-8"],
    ["broken JSON", { "content-type": "application/cloudevents+json" }, '{"id":', "The body is not valid JSON."],
    ["an array", { "content-type": "application/cloudevents+json" }, "[]", "A CloudEvent must be a JSON object."],
    ["no id", { "ce-specversion": "1.0", "ce-type": "t", "ce-source": "/s" }, "", "id is required."],
  ])("refuses %s", (_what, given, body, message) => {
    const error = failureOf(() => readEvent(request(given, body)));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error.message).toContain(message);
  });

  it.each(["application/cloudevents+avro", "application/cloudevents"])("takes no event as %s", (type) => {
    expect(() => readEvent(request({ "content-type": type }, "x"))).toThrow(UnsupportedMediaType);
  });

  it("refuses a body that is not UTF-8", () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const error = failureOf(() => readEvent(request({ "content-type": "application/cloudevents+json" }, body)));
    expect(error.message).toBe("The body is not valid UTF-8.");
  });

  it("does not repeat what was sent", () => {
    const body = '{"card": 4111111111111111, oops';
    const error = failureOf(() => readEvent(request({ "content-type": "application/cloudevents+json" }, body)));
    expect(error.message).not.toContain("4111");
  });
});

function request(given: HttpRequest["headers"], body: string | Buffer = ""): HttpRequest {
  return { method: "POST", path: "/", headers: given, body: Buffer.from(body) };
}

function failureOf(act: () => unknown): InvalidInput {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
