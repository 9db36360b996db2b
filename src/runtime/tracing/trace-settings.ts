import * as z from "zod";
import type { Logger } from "../logging.ts";
import { webUrl } from "../web-url.ts";
import type { Tracer } from "./tracer.ts";

const collector = webUrl.optional();

/** By the names of OpenTelemetry, whose SDK reads the others itself: OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME and so on. */
export const traceSettings = {
  /** The collector that takes traces, by OTLP over HTTP; none are recorded without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  /** The same for traces alone, with the whole path. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector,
  /** Whether to record none all the same: true or false. */
  OTEL_SDK_DISABLED: z.stringbool({ error: "must be true or false." }).optional(),
};

export interface TraceSettings {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_SDK_DISABLED?: boolean | undefined;
}

/** Undefined where no collector is named: then OpenTelemetry is not even loaded. */
export async function openTracer(
  { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SDK_DISABLED }: TraceSettings,
  options: { readonly service: string; readonly logger: Pick<Logger, "warn"> },
): Promise<Tracer | undefined> {
  const endpoint = OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || OTEL_SDK_DISABLED === true) return undefined;
  const { openTelemetry } = await import("./open-telemetry.ts");
  return openTelemetry(options);
}
