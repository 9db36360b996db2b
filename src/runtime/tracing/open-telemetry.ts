import { type Context, type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "../logging.ts";
import type { Span } from "../trace.ts";
import { spanContextOf, spanOf } from "./span-context.ts";
import { tellingOnce } from "./telling-once.ts";
import type { OpenSpan, Tracer } from "./tracer.ts";

export interface TelemetryOptions {
  /** What the process is called, unless OTEL_SERVICE_NAME says otherwise: as in its log entries. */
  readonly service: string;
  readonly logger: Pick<Logger, "warn">;
  /** By default to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. */
  readonly exporter?: SpanExporter;
  /** How long to wait for the collector at the end of the process. */
  readonly closeMilliseconds?: number;
}

/**
 * Records spans by OpenTelemetry's SDK, which sends them in batches and reads its settings from the environment: which
 * traces to sample, how often to send, headers and so on. Nothing of it is made global, so that no package records by
 * itself: the Elasticsearch client would record ids of documents.
 */
export function openTelemetry({
  service,
  logger,
  exporter = new OTLPTraceExporter(),
  closeMilliseconds = 3_000,
}: TelemetryOptions): Tracer {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ "service.name": service }))
    .merge(detectResources({ detectors: [envDetector] }));
  const warn = (error: unknown) =>
    logger.warn({ error, "event.action": "traces" }, "Traces cannot be sent, and are dropped until they can.");
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(tellingOnce(exporter, warn))],
  });
  const recorder = provider.getTracer("lapse");
  const tracer: Tracer = {
    begin({ name, kind, attributes = {}, parent, links = [] }) {
      const options = { kind: kinds[kind], attributes: { ...attributes }, links: links.map(linkTo) };
      const span = recorder.startSpan(name, options, contextOf(parent));
      return {
        context: spanOf(span.spanContext()),
        tracer,
        note: (more) => void span.setAttributes({ ...more }),
        failed(error) {
          span.setAttribute(
            "error.type",
            error instanceof Error ? error.name : typeof error === "number" ? `${error}` : "unknown",
          );
          span.setStatus({ code: SpanStatusCode.ERROR });
        },
        end: () => span.end(),
      } satisfies OpenSpan;
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, closeMilliseconds);
      });
      await Promise.race([provider.shutdown().catch(warn), late]);
      clearTimeout(timer);
    },
  };
  return tracer;
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

function contextOf(parent: Span | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent));
}

function linkTo(span: Span): Link {
  return { context: spanContextOf(span) };
}
