import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { createLogger } from "#runtime/logging.ts";
import { inSpan } from "#runtime/tracing/in-span.ts";
import { openTelemetry } from "#runtime/tracing/open-telemetry.ts";
import { storeSpans } from "#runtime/tracing/store-spans.ts";
import type { Tracer } from "#runtime/tracing/tracer.ts";

export interface RecordingTracer {
  readonly tracer: Tracer;
  /** Those that have ended. Ends the tracer. */
  spans(): Promise<readonly ReadableSpan[]>;
}

/** OpenTelemetry's SDK as it is, but that what it would send is kept. */
export function recordingTracer(): RecordingTracer {
  const sent: ReadableSpan[] = [];
  const tracer = openTelemetry({
    service: "test",
    logger: createLogger({ service: "test", level: "silent" }),
    exporter: {
      export(spans, done) {
        sent.push(...spans);
        done({ code: 0 });
      },
      shutdown: async () => undefined,
    },
  });
  return {
    tracer,
    async spans() {
      await tracer.close();
      return sent;
    },
  };
}

/** The spans of the calls of stores in `use`, which records them by what it is given. */
export async function spansOfStores(
  use: (spans: typeof storeSpans) => Promise<void>,
): Promise<readonly Pick<ReadableSpan, "name" | "kind" | "attributes">[]> {
  const { tracer, spans } = recordingTracer();
  const start = { name: "request", kind: "server", parent: undefined } as const;
  await inSpan(tracer, start, () => use(storeSpans));
  const recorded = await spans();
  return recorded
    .filter(({ name }) => name !== start.name)
    .map(({ name, kind, attributes }) => ({ name, kind, attributes }));
}

/** The names of spans from the root to each, as `root > child > grandchild`, sorted. */
export function pathsOf(spans: readonly ReadableSpan[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const pathOf = (span: ReadableSpan): string => {
    const parent = byId.get(span.parentSpanContext?.spanId ?? "");
    return parent === undefined ? span.name : `${pathOf(parent)} > ${span.name}`;
  };
  return spans.map(pathOf).sort();
}
