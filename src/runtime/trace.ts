import { randomUUID } from "node:crypto";

/** What one function does for one request or event, as a part of a trace (https://www.w3.org/TR/trace-context/). */
export interface Span {
  /** 32 hex digits, the same in every function that an action or a ping leads to. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 2 hex digits, such as whether the trace is sampled; passed on as they came. */
  readonly flags: string;
  /** What other tracing systems say of the trace (`tracestate`); passed on as it came. */
  readonly state?: string | undefined;
}

const zeros = /^0+$/;

/** Reads a `traceparent`, and the `tracestate` beside it; undefined for an invalid one, which the specification ignores. */
export function parseTraceparent(text: unknown, state?: unknown): Span | undefined {
  if (typeof text !== "string") return undefined;
  // Later versions may add parts at the end.
  const parts = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text);
  if (parts === null) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = "", more] = parts;
  const isValid = version !== "ff" && (version !== "00" || more === undefined);
  if (!isValid || zeros.test(traceId) || zeros.test(spanId)) return undefined;
  return { traceId, spanId, flags, ...(isState(state) && { state }) };
}

/** Longer ones may be dropped (3.3.1.5). */
function isState(state: unknown): state is string {
  return typeof state === "string" && /^[\x20-\x7e]{1,512}$/.test(state);
}

/**
 * A new span of the trace that `parent` belongs to; without one, of a new trace, which is not sampled. Its ids are
 * cut from UUIDs, of which Node has the random bytes in stock: to ask for 8 bytes takes five times as long.
 */
export function beginSpan(parent: Span | undefined): Span {
  return {
    traceId: parent?.traceId ?? randomUUID().replaceAll("-", ""),
    spanId: randomUUID().replaceAll("-", "").slice(-16),
    flags: parent?.flags ?? "00",
    ...(parent?.state !== undefined && { state: parent.state }),
  };
}

/**
 * The extension attributes by which an event belongs to a span (CloudEvents extension "Distributed Tracing"). Always with a `tracestate`, in
 * which each tracing system may say something under its name: the dispatchers of Knative's RabbitMQ Broker take a `traceparent` without
 * one out of the event, and hand it on nowhere (`readSpan` in pkg/dispatcher/dispatcher.go of 1.21).
 */
export function traceExtensions(span: Span): { traceparent: string; tracestate: string } {
  return { traceparent: traceparentOf(span), tracestate: span.state ?? "lapse=1" };
}

export function traceparentOf({ traceId, spanId, flags }: Span): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
