import { type Correlation, correlationFields } from "./correlation.ts";
import { actionEvent } from "./event-kinds.ts";
import type { LapseEvent } from "./events.ts";
import { type LogFields, type Logger, traceFields } from "./logging.ts";
import type { EventMetrics } from "./metrics/events.ts";
import type { MetricsPush } from "./metrics/push.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { beginSpan, parseTraceparent, type Span, traceExtensions, traceparentOf } from "./trace.ts";

type Handle = (event: LapseEvent, fields: LogFields) => Promise<LapseEvent | undefined>;

export interface MeasuredOptions {
  /** The function's name. */
  readonly name: string;
  readonly events: EventMetrics;
  readonly logger: Pick<Logger, "info">;
  /** Told of each failure, where no server is told of it. */
  readonly storeErrors?: StoreErrorMetrics | undefined;
  /** Told of each event at its end. */
  readonly push?: MetricsPush | undefined;
}

/**
 * The same handler, with every event counted, timed, traced and (when it was handled) logged. The event that follows
 * carries the trace on, in the CloudEvents extension `traceparent`. `correlation` is that of the request that brought it.
 */
export function measured(
  handle: Handle,
  { name, events, logger, storeErrors, push }: MeasuredOptions,
): (event: LapseEvent, correlation?: Correlation) => Promise<LapseEvent | undefined> {
  return async (event, correlation) => {
    const started = performance.now();
    const span = spanOf(event, correlation?.span);
    const fields = { ...correlationFields(correlation), ...traceFields(traceparentOf(span)) };
    const finished = (answer: LapseEvent | undefined, outcome: "success" | "failure") => {
      const seconds = (performance.now() - started) / 1000;
      events.handled({ function: name, type: event.type, answer: answer?.type, outcome, seconds });
      push?.handled(outcome);
      return seconds;
    };
    try {
      const answer = await handle(event, fields);
      const seconds = finished(answer, "success");
      logger.info(
        { "event.id": event.id, "event.action": event.type, ...userFields(event), ...fields },
        `${name} handled ${event.type} in ${seconds.toFixed(1)} s${answer === undefined ? "" : `: ${answer.type}`}.`,
      );
      return answer && { ...answer, extensions: { ...answer.extensions, ...traceExtensions(span) } };
    } catch (error) {
      storeErrors?.failed(name, error);
      finished(undefined, "failure");
      throw error;
    }
  };
}

/** That of the request, unless the event says that it belongs to another trace: it may have waited in a queue. */
function spanOf({ extensions }: LapseEvent, ofRequest: Span | undefined): Span {
  const parent = parseTraceparent(extensions?.traceparent, extensions?.tracestate);
  if (ofRequest !== undefined && (parent === undefined || parent.traceId === ofRequest.traceId)) return ofRequest;
  return beginSpan(parent);
}

/** The subject of an action is its user. */
function userFields({ type, subject }: LapseEvent): LogFields {
  return type === actionEvent.type && subject !== undefined ? { "user.id": subject } : {};
}
