import { running } from "./running-span.ts";
import type { OpenSpan, SpanStart, Tracer } from "./tracer.ts";

/** Runs `work` in a new span that ends with it. */
export function inSpan<T>(tracer: Tracer, start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  return within(tracer.begin(start), work);
}

/** Runs `work` in a span, which ends with it. What `work` calls finds the span by `runningSpan`. */
export async function within<T>(span: OpenSpan, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  try {
    return await running.run(span, () => work(span));
  } catch (error) {
    span.failed(error);
    throw error;
  } finally {
    span.end();
  }
}
