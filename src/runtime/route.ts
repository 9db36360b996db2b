import * as z from "zod";
import { Failure, InvalidInput } from "#churn/failure.ts";
import type { Access } from "./access/access.ts";
import { parseJson, textOf } from "./body-text.ts";
import type { EarlyRefusals } from "./early-refusals.ts";
import { UnsupportedMediaType } from "./failures.ts";
import { faultText } from "./fault-text.ts";
import { header } from "./headers.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http.ts";
import { isJson, type MediaType, parseMediaType } from "./media-type.ts";
import type { Responses, RouteDescription } from "./route-description.ts";

/** One path that a function serves, independent of the server that it runs on. */
export interface Route {
  readonly method: "GET" | "POST";
  /** With a name after a colon for a part that varies (`/versions/:version`); a colon that is meant is doubled. */
  readonly path: string;
  /** Who may call it. */
  readonly access: Access;
  readonly about: RouteDescription;
  /** Largest body, in bytes, compressed or not; undefined where none is read. */
  readonly bodyLimit?: number | undefined;
  readonly handle: HttpHandler;
  /** Whether its responses of one turn of the event loop are sent one after the other: where to wake a caller takes as long as to respond. */
  readonly isSentTogether?: boolean | undefined;
  /** Whether requests are left out of metrics and logs, because a platform makes them all the time. */
  readonly isUncounted?: boolean | undefined;
  /** Of a route to which events are delivered. */
  readonly early?: EarlyRefusals | undefined;
}

/** Of routes that take no parameters. */
export const noParameters = z.object({});

/** What a route has whatever its method. */
export interface RouteParts<Parameters> {
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  /** The schema of what path and query say. */
  readonly parameters: z.ZodType<Parameters>;
  readonly responses: Responses;
  readonly conflict?: RouteDescription["conflict"];
  /**
   * What a person gets whose form cannot be taken, be it what they typed or that something is there already, or who asks for what there
   * is not; without it, the error as JSON.
   */
  readonly refused?: ((error: Failure, request: HttpRequest) => HttpResponse) | undefined;
}

/** A GET route. Throws InvalidInput for parameters that are not of their schema. */
export function getRoute<Parameters>({
  path,
  access,
  handle,
  refused,
  ...about
}: RouteParts<Parameters> & {
  readonly handle: (parameters: Parameters, request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
}): Route {
  const parametersOf = parameterReader(about.parameters);
  return {
    method: "GET",
    path,
    access,
    about,
    handle: orRefused(refused, (request) => handle(parametersOf(request), request)),
  };
}

function orRefused<Parameters>(refused: RouteParts<Parameters>["refused"], handle: HttpHandler): HttpHandler {
  if (refused === undefined) return handle;
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof Failure && pageKinds.has(error.kind)) return refused(error, request);
      throw error;
    }
  };
}

/** What a person can do something about. */
const pageKinds: ReadonlySet<Failure["kind"]> = new Set(["invalid", "conflict", "not-found"]);

/**
 * A POST route that takes JSON, compressed or not, of the schema `body`. A body without a content type is JSON, as KServe's
 * own batcher and Triton's client send none, unless `typed` says that there must be one: a web page of another origin can
 * send a body without a type, or of a few types such as text/plain, but not JSON. Throws UnsupportedMediaType and
 * InvalidInput.
 */
export function jsonRoute<Body, Parameters>({
  typed = false,
  read = (request) => jsonOf(request, typed),
  ...route
}: RouteParts<Parameters> &
  BodyParts<Body, Parameters> & {
    readonly typed?: boolean;
    /** How the body is read before it is checked; as JSON alone by default. */
    readonly read?: (request: HttpRequest) => unknown;
  }): Route {
  return bodyRoute({ ...route, mediaType: "application/json", what: "The body", read });
}

/** What a route has that takes a body. */
export interface BodyParts<Body, Parameters> {
  readonly bodyLimit: number;
  readonly body: z.ZodType<Body>;
  readonly isSentTogether?: Route["isSentTogether"];
  readonly handle: (body: Body, parameters: Parameters, request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
}

/**
 * A POST route that takes a body of the schema `body`, which `read` reads; `what` it is stands in what is said of one that is
 * wrong. Throws InvalidInput, and what `read` throws.
 */
export function bodyRoute<Body, Parameters>({
  path,
  access,
  bodyLimit,
  body,
  mediaType,
  what,
  read,
  isSentTogether,
  handle,
  refused,
  ...about
}: RouteParts<Parameters> &
  BodyParts<Body, Parameters> & {
    readonly mediaType: string;
    readonly what: string;
    readonly read: (request: HttpRequest) => unknown;
  }): Route {
  const parametersOf = parameterReader(about.parameters);
  return {
    method: "POST",
    path,
    access,
    about: { ...about, body: { [mediaType]: body } },
    bodyLimit,
    isSentTogether,
    handle: orRefused(refused, (request) => handle(checked(body, read(request), what), parametersOf(request), request)),
  };
}

/** Reads what path and query say, of the schema. Throws InvalidInput. */
function parameterReader<Parameters>(schema: z.ZodType<Parameters>): (request: HttpRequest) => Parameters {
  const what = "A parameter";
  /** What it means to give none, which is always the same. */
  let none: { readonly parameters: Parameters } | undefined;
  return ({ query, parameters }) => {
    if (query !== undefined)
      return checked(schema, { ...Object.fromEntries(new URLSearchParams(query)), ...parameters }, what);
    if (parameters !== undefined) return checked(schema, parameters, what);
    none ??= { parameters: checked(schema, {}, what) };
    return none.parameters;
  };
}

/** A value of the schema. Throws InvalidInput, whose message begins with `what` it is and names each fault. */
export function checked<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${what} is not valid: ${faultText(parsed.error)}.`, { cause: parsed.error });
}

/**
 * The JSON of a body, which it is without a content type as well, unless `typed`: see `jsonRoute`. Throws
 * UnsupportedMediaType, InvalidInput and TooLarge.
 */
export function jsonOf(request: HttpRequest, typed = false): unknown {
  return parseJson(textOf(request.body, requireJson(request, typed).charset), "The body");
}

/** The media type of a body that is JSON. Throws UnsupportedMediaType. */
export function requireJson(request: Pick<HttpRequest, "headers">, typed: boolean): MediaType {
  const contentType = header(request, "content-type");
  const type = parseMediaType(contentType ?? (typed ? undefined : "application/json"));
  if (type === undefined || !isJson(type.name)) {
    const given = contentType === undefined ? "without one" : contentType;
    throw new UnsupportedMediaType(`Send JSON with content-type: application/json, not ${given}.`);
  }
  return type;
}
