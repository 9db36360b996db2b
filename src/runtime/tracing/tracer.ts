import type { Span } from "../trace.ts";

/** Records what this process does as spans of traces (https://opentelemetry.io/docs/specs/otel/trace/api/). */
export interface Tracer {
  begin(start: SpanStart): OpenSpan;
  /** Sends what is recorded, for as long as a process that ends may wait. Never rejects. */
  close(): Promise<void>;
}

export interface SpanStart {
  /** Of few values, without ids: tracing systems group by it. */
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes?: SpanAttributes | undefined;
  /** The span that this one is a part of; undefined for the beginning of a trace. */
  readonly parent: Span | undefined;
  /** Other spans that led to it. */
  readonly links?: readonly Span[] | undefined;
}

export type SpanKind = "server" | "client" | "producer" | "consumer" | "internal";

/** By the names of the semantic conventions. Never ids of users, nor what was sent: traces are kept elsewhere and for others. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface OpenSpan {
  /** What others are told of it, who go on with the trace. */
  readonly context: Span;
  /** The tracer that records it; undefined if none does. */
  readonly tracer: Tracer | undefined;
  note(attributes: SpanAttributes): void;
  /** Records the class of an error, not its message, which may tell of a user; or the status of a response. */
  failed(cause: unknown): void;
  end(): void;
}

/** A span that has ids only, without a collector: what follows is told them, and log entries have them. */
export function unrecorded(context: Span): OpenSpan {
  return { context, tracer: undefined, note: nothing, failed: nothing, end: nothing };
}

function nothing(): void {}
