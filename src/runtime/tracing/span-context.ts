import { createTraceState, type SpanContext } from "@opentelemetry/api";
import type { Span } from "../trace.ts";

/** A span as OpenTelemetry has it. */
export function spanContextOf({ traceId, spanId, flags, state }: Span): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  };
}

export function spanOf({ traceId, spanId, traceFlags, traceState }: SpanContext): Span {
  const state = traceState?.serialize();
  return {
    traceId,
    spanId,
    flags: traceFlags.toString(16).padStart(2, "0"),
    ...(state !== undefined && state !== "" && { state }),
  };
}
