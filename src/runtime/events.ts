/** A CloudEvent 1.0, as functions pass it around. */
export interface LapseEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  /** RFC 3339. */
  readonly time?: string | undefined;
  /** The data's content type as it was sent; undefined for application/json, which is also that of data without one. */
  readonly datacontenttype?: string | undefined;
  /** A URI. */
  readonly dataschema?: string | undefined;
  /** The data if it is JSON, parsed. */
  readonly data?: unknown;
  /** The data as it was sent, where `data` written as JSON is not that: other media, or numbers or names that parsing changes. */
  readonly bytes?: Uint8Array | undefined;
  /** Extension attributes by name, such as `traceparent`. */
  readonly extensions?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** An event as the headers and body of an HTTP message. */
export interface EventMessage {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** Writes an event in binary mode: attributes as `ce-` headers, data as the body. */
export function toBinary(event: LapseEvent): EventMessage {
  const { data, bytes } = event;
  const { datacontenttype, ...attributes } = attributesOf(event);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = encodeHeader(String(value));
  const type = datacontenttype === undefined ? {} : { "content-type": String(datacontenttype) };
  return { headers: { ...headers, ...type }, body: bytes ?? (data === undefined ? "" : JSON.stringify(data)) };
}

/** Writes an event in structured mode: all of it as one JSON object, with data that is not JSON in base64. */
export function toStructured(event: LapseEvent): EventMessage {
  return {
    headers: { "content-type": "application/cloudevents+json; charset=utf-8" },
    body: JSON.stringify({ ...attributesOf(event), ...payloadOf(event) }),
  };
}

function payloadOf({ data, bytes }: LapseEvent): Record<string, unknown> {
  if (bytes !== undefined) return { data_base64: Buffer.from(bytes).toString("base64") };
  return data === undefined ? {} : { data };
}

/** All that an event says beside its data, extensions included, by the names that it is sent under. Data without a content type is JSON. */
export function attributesOf(event: LapseEvent): Readonly<Record<string, string | number | boolean>> {
  const { id, source, type, subject, time, datacontenttype, dataschema, data, bytes, extensions } = event;
  const hasData = data !== undefined || bytes !== undefined;
  const contentType = datacontenttype ?? (hasData ? "application/json" : undefined);
  return {
    specversion: "1.0",
    id,
    source,
    type,
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...extensions,
    ...(dataschema !== undefined && { dataschema }),
    ...(contentType !== undefined && { datacontenttype: contentType }),
  };
}

/** Percent-encodes what a header cannot hold (CloudEvents HTTP binding 1.0.2, 3.1.3.2); the SDK leaves this out. */
function encodeHeader(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]+/gu, (part) =>
    [...Buffer.from(part, "utf8")].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
