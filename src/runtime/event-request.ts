import { CloudEvent, ValidationError } from "cloudevents";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { parseWrittenJson, textOf } from "./body-text.ts";
import { decodeHeader } from "./event-header.ts";
import { longestAttribute, mostAttributes } from "./event-schema.ts";
import type { LapseEvent } from "./events.ts";
import { UnsupportedMediaType } from "./failures.ts";
import { header } from "./headers.ts";
import type { HttpRequest } from "./http.ts";
import { parseInstant } from "./instant.ts";
import { isWrittenAs, memberText } from "./json-text-of.ts";
import { isJson, parseMediaType } from "./media-type.ts";

export type EventMode = "binary" | "structured" | "batch";

/** How a request carries CloudEvents, if it does (CloudEvents HTTP binding 1.0.2, section 3). */
export function eventMode(request: Pick<HttpRequest, "headers">): EventMode | undefined {
  const name = parseMediaType(header(request, "content-type"))?.name ?? "";
  if (name.startsWith("application/cloudevents-batch")) return "batch";
  if (name.startsWith("application/cloudevents")) return "structured";
  return Object.keys(request.headers).some((key) => key.startsWith("ce-")) ? "binary" : undefined;
}

/**
 * The one event of a request in binary or structured mode. Throws InvalidInput, whose details name the attribute, and
 * UnsupportedMediaType for an event that is not written as JSON.
 */
export function readEvent(request: HttpRequest): LapseEvent {
  switch (eventMode(request)) {
    case "binary":
      return readBinary(request);
    case "structured":
      return readStructured(request);
    case "batch":
      throw new InvalidInput("This service takes one CloudEvent per request, not a batch.");
    case undefined:
      throw new InvalidInput(
        "The request holds no CloudEvent: it has neither ce- headers nor the content type application/cloudevents+json.",
      );
  }
}

/** Reads an event in the JSON event format. Throws InvalidInput, whose details name the attribute. */
export function parseEvent(value: unknown): LapseEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidInput("A CloudEvent must be a JSON object.");
  // Without a prototype, so that a member named __proto__ stays an ordinary one.
  const attributes: Record<string, unknown> = Object.create(null);
  const payload: { data?: unknown; data_base64?: unknown } = {};
  // Of a hundred thousand, names alone are listed in a quarter of the time that it takes with their values.
  if (Object.keys(value).length > mostAttributes)
    throw new InvalidInput(`A CloudEvent has at most ${mostAttributes} attributes.`, {
      details: { limit: mostAttributes },
    });
  for (const [name, member] of Object.entries(value)) {
    if (name === "data") payload.data = member;
    else if (name === "data_base64") payload.data_base64 = member ?? undefined;
    // In this format an attribute that is null is one that is not set.
    else if (member !== null) attributes[name] = member;
  }
  const { event, contentType } = checkAttributes(attributes);
  if (payload.data_base64 !== undefined) {
    if (payload.data !== undefined) throw invalid("data", "The event has both data and data_base64.");
    return { ...event, ...readData(decodeBase64(payload.data_base64), contentType) };
  }
  if (payload.data === undefined) return event;
  if (saysJson(contentType)) return { ...event, data: payload.data };
  // The JSON event format, 3.1.1: a string holds the text of other media; of other values, that is their JSON.
  const given = typeof payload.data === "string" ? payload.data : JSON.stringify(payload.data);
  return { ...event, bytes: Buffer.from(given) };
}

const base64 = z.base64();

const text = (name: string) =>
  z
    .string({ error: ({ input }) => (input === undefined ? `${name} is required.` : `${name} must be a string.`) })
    .min(1, `${name} must not be empty.`)
    .max(longestAttribute, `${name} is too long.`);

/** What the CloudEvents specification requires of attributes; all others are extensions. */
const attributesSchema = z
  .object({
    specversion: text("specversion").refine((version) => version === "1.0", "specversion must be 1.0."),
    id: text("id"),
    source: text("source"),
    type: text("type"),
    subject: text("subject").exactOptional(),
    time: text("time")
      .refine((time) => parseInstant(time) !== undefined, "time must be an RFC 3339 date-time with its zone.")
      .exactOptional(),
    datacontenttype: text("datacontenttype").exactOptional(),
    dataschema: text("dataschema").exactOptional(),
    // Reserved: only the ce-data header of a binary request comes this far.
    data: z.never({ error: "data cannot be the name of an attribute." }).exactOptional(),
  })
  .catchall(
    z.union([z.string(), z.boolean(), z.int()], { error: "An extension must be a string, a boolean or an integer." }),
  );

function checkAttributes(attributes: Readonly<Record<string, unknown>>): { event: LapseEvent; contentType?: string } {
  const parsed = attributesSchema.safeParse(attributes);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(String(issue?.path[0] ?? "event"), issue?.message ?? "The event is not valid.");
  }
  const { specversion, id, source, type, subject, time, datacontenttype, dataschema, ...extensions } = parsed.data;
  const misnamed = Object.keys(extensions).find((name) => !/^[a-z0-9]+$/.test(name));
  if (misnamed !== undefined)
    throw invalid(misnamed, "An attribute's name must consist of lower-case letters and digits.");
  checkBySdk({ specversion, id, source, type, ...(dataschema !== undefined && { dataschema }) });
  const event = {
    id,
    source,
    type,
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...(dataschema !== undefined && { dataschema }),
    ...contentTypeOf(datacontenttype),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
  return { event, ...(datacontenttype !== undefined && { contentType: datacontenttype }) };
}

/**
 * The SDK knows the forms of URIs, by the CloudEvents JSON schema. It gets no extensions, because one named like a method
 * of its class breaks it. Its reader is not used: it makes up an id that is missing, puts the present moment for a time
 * that it cannot read, and drops data that is 0 or false.
 */
function checkBySdk(attributes: {
  specversion: string;
  id: string;
  source: string;
  type: string;
  dataschema?: string;
}) {
  try {
    new CloudEvent(attributes);
  } catch (cause) {
    if (!(cause instanceof ValidationError)) throw cause;
    const attribute = sdkFault.safeParse(cause).data?.errors[0]?.instancePath.slice(1) ?? "event";
    throw invalid(attribute, `${attribute} is not of the form that CloudEvents asks for.`);
  }
}

const sdkFault = z.object({ errors: z.tuple([z.object({ instancePath: z.string().min(2) })]).rest(z.unknown()) });

function readBinary(request: HttpRequest): LapseEvent {
  const attributes: Record<string, unknown> = {};
  for (const key of Object.keys(request.headers)) {
    const value = key.startsWith("ce-") ? header(request, key) : undefined;
    if (value !== undefined) attributes[key.slice(3)] = decodeHeader(key.slice(3), value);
  }
  const { event } = checkAttributes(attributes);
  const contentType = header(request, "content-type");
  return { ...event, ...contentTypeOf(contentType), ...readData(request.body, contentType) };
}

function readStructured(request: HttpRequest): LapseEvent {
  const type = parseMediaType(header(request, "content-type"));
  if (type?.name !== structuredType)
    throw new UnsupportedMediaType(`CloudEvents are taken as JSON only: the content type ${structuredType}.`);
  const json = textOf(request.body, type.charset);
  const event = parseEvent(parseWrittenJson(json, "The body"));
  if (event.data === undefined) return event;
  const sent = memberText(json, "data");
  return sent === undefined || isWrittenAs(sent, event.data) ? event : { ...event, bytes: Buffer.from(sent) };
}

const structuredType = "application/cloudevents+json";

/**
 * What an event says of its data: JSON as a value, also as some programs write it, and anything else, also broken JSON, as the bytes
 * that were sent.
 */
function readData(body: Uint8Array, contentType: string | undefined): Pick<LapseEvent, "data" | "bytes"> {
  if (body.length === 0) return {};
  if (!saysJson(contentType)) return { bytes: body };
  try {
    const json = textOf(body, parseMediaType(contentType)?.charset);
    const data = parseWrittenJson(json, "The event's data");
    return isWrittenAs(json, data) ? { data } : { data, bytes: body };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { bytes: body };
  }
}

/** Data without a content type is JSON. */
function saysJson(contentType: string | undefined): boolean {
  return contentType === undefined || isJson(parseMediaType(contentType)?.name ?? "");
}

function contentTypeOf(contentType: string | undefined): Pick<LapseEvent, "datacontenttype"> {
  const isUsual = contentType === undefined || contentType === "application/json";
  return isUsual ? {} : { datacontenttype: contentType };
}

function decodeBase64(encoded: unknown): Buffer {
  const checked = base64.safeParse(encoded);
  if (!checked.success) throw invalid("data_base64", "data_base64 must be a base64 text.");
  return Buffer.from(checked.data, "base64");
}

function invalid(attribute: string, message: string): InvalidInput {
  return new InvalidInput(message, { details: { field: attribute } });
}
