/** A CloudEvent 1.0 whose data is JSON (already parsed), as functions pass it around. */
export interface LapseEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  /** RFC 3339. */
  readonly time?: string | undefined;
  readonly data?: unknown;
  /** Extension attributes by name, such as `traceparent`. */
  readonly extensions?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** An event as the headers and body of an HTTP message. */
export interface EventMessage {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Writes an event in binary mode: attributes as `ce-` headers, data as the body. */
export function toBinary(event: LapseEvent): EventMessage {
  const { data, ...attributes } = attributesOf(event);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes))
    if (name !== "datacontenttype") headers[`ce-${name}`] = encodeHeader(String(value));
  if (data === undefined) return { headers, body: "" };
  return { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(data) };
}

/** Writes an event in structured mode: all of it as one JSON object. */
export function toStructured(event: LapseEvent): EventMessage {
  return {
    headers: { "content-type": "application/cloudevents+json; charset=utf-8" },
    body: JSON.stringify(attributesOf(event)),
  };
}

function attributesOf({ id, source, type, subject, time, data, extensions }: LapseEvent): Record<string, unknown> {
  return {
    specversion: "1.0",
    id,
    source,
    type,
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...extensions,
    ...(data !== undefined && { datacontenttype: "application/json", data }),
  };
}

/** Percent-encodes what a header cannot hold (CloudEvents HTTP binding 1.0.2, 3.1.3.2); the SDK leaves this out. */
function encodeHeader(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]+/gu, (part) =>
    [...Buffer.from(part, "utf8")].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
