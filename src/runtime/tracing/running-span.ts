import { AsyncLocalStorage } from "node:async_hooks";
import type { LapseEvent } from "../events.ts";
import { type Span, traceExtensions, traceparentOf } from "../trace.ts";
import type { OpenSpan } from "./tracer.ts";

/**
 * The span that the code runs in. It goes with the work, however deep: passed by hand, it would be in every signature
 * between a request and a store.
 */
export const running = new AsyncLocalStorage<OpenSpan>();

/** The span that the caller runs in; undefined outside of requests and events. */
export function runningSpan(): OpenSpan | undefined {
  return running.getStore();
}

/** The headers by which an outgoing request belongs to the running span; none outside of one. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const span = runningSpan()?.context;
  if (span === undefined) return {};
  return { traceparent: traceparentOf(span), ...(span.state !== undefined && { tracestate: span.state }) };
}

/** The event as a part of the running span, unless it belongs to a trace already. */
export function traced(event: LapseEvent): LapseEvent {
  return partOf(event, runningSpan()?.context);
}

/** The event as a part of a span, if there is one, unless it belongs to a trace already. */
export function partOf(event: LapseEvent, span: Span | undefined): LapseEvent {
  if (span === undefined || event.extensions?.traceparent !== undefined) return event;
  return { ...event, extensions: { ...event.extensions, ...traceExtensions(span) } };
}
