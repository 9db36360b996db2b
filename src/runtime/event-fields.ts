import type { LapseEvent } from "./events.ts";
import { type LogFields, traceFields } from "./logging.ts";

/** The fields by which log entries name an event: its id, which is unique within its source, its type, and the trace that it belongs to, if any. */
export function eventFields({ id, source, type, extensions }: LapseEvent): LogFields {
  return { "event.id": id, "event.provider": source, "event.action": type, ...traceFields(extensions?.traceparent) };
}
