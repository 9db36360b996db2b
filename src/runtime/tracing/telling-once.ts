import type { SpanExporter } from "@opentelemetry/sdk-trace-base";

/** The value of ExportResultCode.SUCCESS in @opentelemetry/core. */
const success = 0;

/** The same exporter, of whose failures the first is told, and again the first after it has worked. */
export function tellingOnce(exporter: SpanExporter, tell: (error: unknown) => void): SpanExporter {
  let isTold = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === success) isTold = false;
        else if (!isTold) {
          isTold = true;
          tell(result.error);
        }
        // What the SDK is told of as a failure it prints by itself, each time.
        done({ code: success });
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
