import { randomUUID } from "node:crypto";
import { type Headers, header } from "./headers.ts";
import { type LogFields, traceFields } from "./logging.ts";
import { beginSpan, parseTraceparent, type Span, traceparentOf } from "./trace.ts";

/** The header by which a caller names a request, and by which the response repeats its name. */
export const requestIdHeader = "x-request-id";

/** What joins the log entries of one request, and those of the functions before and after. */
export interface Correlation {
  readonly span: Span;
  readonly requestId: string;
}

/**
 * The correlation of a request that has just come: its span, a new one unless it is recorded, and the caller's name for the
 * request, or else a new one.
 */
export function correlate(headers: Headers, span?: Span): Correlation {
  return new OfRequest(headers, span);
}

/** Begins a span when it is asked for: a prediction that is not logged needs none. */
class OfRequest implements Correlation {
  readonly requestId: string;
  readonly #headers: Headers;
  #span: Span | undefined;

  constructor(headers: Headers, span: Span | undefined) {
    this.requestId = requestIdOf(headers);
    this.#headers = headers;
    this.#span = span;
  }

  get span(): Span {
    this.#span ??= beginSpan(parentOf(this.#headers));
    return this.#span;
  }
}

/**
 * The span that a request belongs to: of the trace of the CloudEvent that it carries in binary mode, or else of the request
 * itself. Of one trace, the request's is taken, which comes after the event's: what passed the event on has it.
 */
export function parentOf(headers: Headers): Span | undefined {
  const given = (name: string) => header({ headers }, name);
  const ofEvent = parseTraceparent(given("ce-traceparent"), given("ce-tracestate"));
  const ofRequest = parseTraceparent(given("traceparent"), given("tracestate"));
  return ofEvent === undefined || ofEvent.traceId === ofRequest?.traceId ? ofRequest : ofEvent;
}

/** The caller's name for a request if it has a usable one (it gets into logs and the response), or else a new one. */
function requestIdOf(headers: Headers): string {
  const given = header({ headers }, requestIdHeader);
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

/** The span of a request as a `traceparent`, for what follows from it; undefined for one that was not correlated. */
export function traceparentHeaderOf(correlation: Correlation | undefined): string | undefined {
  return correlation === undefined ? undefined : traceparentOf(correlation.span);
}

/** The same as fields of log entries. */
export function correlationFields(correlation: Correlation | undefined): LogFields {
  if (correlation === undefined) return {};
  return { ...traceFields(traceparentOf(correlation.span)), "http.request.id": correlation.requestId };
}
