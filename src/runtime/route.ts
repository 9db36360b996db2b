import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { parseJson, textOf } from "./body-text.ts";
import { UnsupportedMediaType } from "./failures.ts";
import { faultText } from "./fault-text.ts";
import { header } from "./headers.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http.ts";
import { isJson, parseMediaType } from "./media-type.ts";

/** One path that a function serves, independent of the server that it runs on. */
export interface Route {
  readonly method: "GET" | "POST";
  /** With a name after a colon for a part that varies (`/versions/:version`); a colon that is meant is doubled. */
  readonly path: string;
  /** Largest body, in bytes, compressed or not; undefined where none is read. */
  readonly bodyLimit?: number | undefined;
  readonly handle: HttpHandler;
  /** Whether requests are left out of metrics and logs, because a platform makes them all the time. */
  readonly isUncounted?: boolean | undefined;
}

/** Of routes that take no parameters. */
export const noParameters = z.object({});

/** A GET route. `parameters` is the schema of what path and query say. Throws InvalidInput for others. */
export function getRoute<Parameters>({
  path,
  parameters,
  handle,
}: {
  path: string;
  parameters: z.ZodType<Parameters>;
  handle: (parameters: Parameters, request: HttpRequest) => Promise<HttpResponse>;
}): Route {
  return {
    method: "GET",
    path,
    handle: async (request) => handle(parametersOf(request, parameters), request),
  };
}

/** A POST route that takes JSON, compressed or not, of the schema `body`. Throws UnsupportedMediaType and InvalidInput. */
export function jsonRoute<Body, Parameters>({
  path,
  bodyLimit,
  body,
  parameters,
  read = jsonOf,
  handle,
}: {
  path: string;
  bodyLimit: number;
  /** How the body is read before it is checked; as JSON alone by default. */
  read?: (request: HttpRequest) => unknown;
  body: z.ZodType<Body>;
  parameters: z.ZodType<Parameters>;
  handle: (body: Body, parameters: Parameters) => Promise<HttpResponse>;
}): Route {
  return {
    method: "POST",
    path,
    bodyLimit,
    handle: async (request) => handle(checked(body, read(request), "The body"), parametersOf(request, parameters)),
  };
}

function parametersOf<Parameters>({ query, parameters }: HttpRequest, schema: z.ZodType<Parameters>): Parameters {
  const given = query === undefined ? parameters : { ...Object.fromEntries(new URLSearchParams(query)), ...parameters };
  return checked(schema, given ?? {}, "A parameter");
}

/** A value of the schema. Throws InvalidInput, whose message begins with `what` it is and names each fault. */
export function checked<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${what} is not valid: ${faultText(parsed.error)}.`, { cause: parsed.error });
}

/**
 * The JSON of a body, which it is without a content type as well: KServe's own batcher and Triton's client send none. Throws
 * UnsupportedMediaType, InvalidInput and TooLarge.
 */
export function jsonOf(request: HttpRequest): unknown {
  const contentType = header(request, "content-type");
  const type = parseMediaType(contentType ?? "application/json");
  if (type === undefined || !isJson(type.name))
    throw new UnsupportedMediaType(`Send JSON with content-type: application/json, not ${contentType}.`);
  return parseJson(textOf(request.body, type.charset), "The body");
}
