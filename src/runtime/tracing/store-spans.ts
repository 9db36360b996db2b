import { running, runningSpan } from "./running-span.ts";
import type { SpanAttributes } from "./tracer.ts";

/**
 * How stores record their calls as parts of the span that runs. Calls outside of one are not recorded: each look of the
 * predictor at the model in service would be a trace of its own.
 */
export const storeSpans = {
  begin(name: string, attributes: SpanAttributes, kind: "internal" | "client") {
    const parent = runningSpan();
    const span = parent?.tracer?.begin({ name, kind, attributes, parent: parent.context });
    if (span === undefined) return undefined;
    return {
      run: <T>(work: () => T): T => running.run(span, work),
      note: span.note,
      failed: span.failed,
      end: span.end,
    };
  },
  note(attributes: SpanAttributes): void {
    runningSpan()?.note(attributes);
  },
};
