import * as z from "zod";
import { plainJson } from "#churn/intake/lenient-json.ts";
import { textOf } from "./body-text.ts";
import { decodeHeader } from "./event-header.ts";
import { eventMode } from "./event-request.ts";
import type { LapseEvent } from "./events.ts";
import { type Headers, header } from "./headers.ts";
import { keepingDigits } from "./json-digits.ts";
import { parseMediaType } from "./media-type.ts";

/**
 * What can be kept of an event that is not a valid CloudEvent here, although a broker took it: some take an attribute that is empty or
 * too long. Its attributes are as they came. In binary mode its data is the bytes of the body, if that was read. Undefined without
 * id, source or type, without which nothing is an event.
 */
export function unreadableEvent(request: {
  readonly headers: Headers;
  readonly body?: Buffer;
}): LapseEvent | undefined {
  return eventMode(request) === "structured" ? ofStructured(request) : ofBinary(request);
}

function ofBinary({ headers, body }: { readonly headers: Headers; readonly body?: Buffer }): LapseEvent | undefined {
  const attributes: Record<string, string> = {};
  for (const key of Object.keys(headers)) {
    const value = key.startsWith("ce-") ? header({ headers }, key) : undefined;
    if (value !== undefined) attributes[key.slice(3)] = decoded(key.slice(3), value);
  }
  const datacontenttype = header({ headers }, "content-type");
  return eventOf(
    { ...attributes, ...(datacontenttype !== undefined && { datacontenttype }) },
    body !== undefined && body.length > 0 ? { bytes: body } : {},
  );
}

/** Undefined for a body that is no JSON object. */
function ofStructured({
  headers,
  body,
}: {
  readonly headers: Headers;
  readonly body?: Buffer;
}): LapseEvent | undefined {
  if (body === undefined) return undefined;
  const members = membersOf(body, parseMediaType(header({ headers }, "content-type"))?.charset);
  if (members === undefined) return undefined;
  const { data, data_base64, ...others } = members;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(others)) if (value !== null) attributes[name] = asText(value);
  // Both is one of the faults that an event may have; nothing of it must be lost.
  if (data !== undefined && data_base64 !== undefined) return eventOf(attributes, { data: { data, data_base64 } });
  if (data_base64 === undefined) return eventOf(attributes, { data });
  const encoded = z.base64().safeParse(data_base64);
  return eventOf(attributes, encoded.success ? { bytes: Buffer.from(encoded.data, "base64") } : { data: data_base64 });
}

function membersOf(body: Buffer, charset: string | undefined): Record<string, unknown> | undefined {
  try {
    const json = keepingDigits(textOf(body, charset));
    const value = jsonIn(json) ?? jsonIn(plainJson(json));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for a text that is not JSON. However deep it is nested, and however many values it has, it is to be kept. */
function jsonIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function eventOf(
  attributes: Readonly<Record<string, string>>,
  { data, bytes }: Pick<LapseEvent, "data" | "bytes">,
): LapseEvent | undefined {
  const { id, source, type, subject, time, datacontenttype, dataschema, specversion: _, ...extensions } = attributes;
  if (!id || !source || !type) return undefined;
  return {
    id,
    source,
    type,
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...(datacontenttype !== undefined && { datacontenttype }),
    ...(dataschema !== undefined && { dataschema }),
    ...(data !== undefined && { data }),
    ...(bytes !== undefined && { bytes }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

/** An attribute may be of any type where it is the fault. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Bytes that cannot be decoded stay as they are. */
function decoded(attribute: string, value: string): string {
  try {
    return decodeHeader(attribute, value);
  } catch {
    return value;
  }
}
