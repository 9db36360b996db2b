import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { formatLogLine } from "./log-line.ts";
import { parseTraceparent } from "./trace.ts";

export type { Logger } from "pino";

export interface LogTarget {
  readonly stream: DestinationStream;
  /** Whether people read it as it is written: then one friendly line per entry instead of JSON. */
  readonly friendly: boolean;
}

/**
 * A logger whose entries carry Elastic Common Schema field names (https://www.elastic.co/docs/reference/ecs). Log user
 * ids as `user.id`, and nothing else about users.
 */
export function createLogger(
  options: { service: string; level: string; now?: () => number },
  target: LogTarget = { stream: process.stdout, friendly: process.stdout.isTTY === true },
): Logger {
  return pino(ecs(options), target.friendly ? friendlyStream(target.stream) : target.stream);
}

/** Fields of a log entry, by their names in the Elastic Common Schema. */
export type LogFields = Readonly<Record<string, string | number>>;

/** The fields for the span that a W3C `traceparent` names; none if it is not valid. */
export function traceFields(traceparent: unknown): LogFields {
  const span = parseTraceparent(traceparent);
  return span === undefined ? {} : { "trace.id": span.traceId, "span.id": span.spanId };
}

function ecs({
  service,
  level,
  now = Date.now,
}: {
  service: string;
  level: string;
  now?: () => number;
}): LoggerOptions {
  return {
    level,
    base: { "ecs.version": "8.17.0", "service.name": service },
    messageKey: "message",
    errorKey: "error",
    timestamp: () => `,"@timestamp":"${new Date(now()).toISOString()}"`,
    formatters: { level: (label) => ({ "log.level": label }) },
    serializers: { error: errorFields },
  };
}

function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return { type: error.name, message: error.message, stack_trace: stackOf(error) };
}

/** The stack of an error and of what caused it. */
function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}

function friendlyStream(stream: DestinationStream): DestinationStream {
  return { write: (line) => stream.write(formatLogLine(line)) };
}
