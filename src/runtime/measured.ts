import { type Correlation, correlationFields } from "./correlation.ts";
import { eventFields } from "./event-fields.ts";
import { actionEvent } from "./event-kinds.ts";
import type { LapseEvent } from "./events.ts";
import { type LogFields, type Logger, traceFields } from "./logging.ts";
import type { EventMetrics } from "./metrics/events.ts";
import type { MetricsPush } from "./metrics/push.ts";
import type { StoreErrorMetrics } from "./metrics/store-errors.ts";
import { beginSpan, parseTraceparent, type Span, traceExtensions, traceparentOf } from "./trace.ts";
import { within } from "./tracing/in-span.ts";
import { type OpenSpan, type Tracer, unrecorded } from "./tracing/tracer.ts";

type Handle = (event: LapseEvent, fields: LogFields) => Promise<LapseEvent | undefined>;

export interface MeasuredOptions {
  /** The function's name. */
  readonly name: string;
  readonly events: EventMetrics;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Told of each failure, where no server is told of it. */
  readonly storeErrors?: StoreErrorMetrics | undefined;
  /** Told of each event at its end. */
  readonly push?: MetricsPush | undefined;
  readonly tracer?: Tracer | undefined;
  /** Whether the function works in slices: then an event from which nothing follows is a part of what another completes. */
  readonly inSlices?: boolean | undefined;
}

/**
 * The same handler, with every event counted, timed, traced and (when it was handled) logged. The event that follows
 * carries the trace on, in the CloudEvents extension `traceparent`. `correlation` is that of the request that brought it.
 */
export function measured(
  handle: Handle,
  { name, events, logger, storeErrors, push, inSlices = false, tracer }: MeasuredOptions,
): (event: LapseEvent, correlation?: Correlation) => Promise<LapseEvent | undefined> {
  return async (event, correlation) => {
    const started = performance.now();
    const finished = (answer: LapseEvent | undefined, outcome: "success" | "failure") => {
      const seconds = (performance.now() - started) / 1000;
      events.handled({ function: name, type: event.type, answer: answer?.type, outcome, seconds });
      push?.handled(inSlices && outcome === "success" && answer === undefined ? "part" : outcome);
      return seconds;
    };
    return within(spanOfEvent(event, name, correlation?.span, tracer), async (span) => {
      const fields = { ...correlationFields(correlation), ...traceFields(traceparentOf(span.context)) };
      try {
        const answer = await handle(event, fields);
        const seconds = finished(answer, "success");
        if (answer !== undefined) span.note({ "lapse.event.following": answer.type });
        logger.info(
          { ...eventFields(event), ...userFields(event), ...fields },
          `${name} handled ${event.type} in ${seconds.toFixed(1)} s${answer === undefined ? "" : `: ${answer.type}`}.`,
        );
        return answer && { ...answer, extensions: { ...answer.extensions, ...traceExtensions(span.context) } };
      } catch (error) {
        storeErrors?.failed(name, error);
        finished(undefined, "failure");
        throw error;
      }
    });
  };
}

/**
 * A part of the request's span, or that itself where nothing is recorded, unless the event says that it belongs to another
 * trace: it may have waited in a queue. The event's subject may be a user, and is not recorded.
 */
function spanOfEvent(
  { id, source, type, extensions }: LapseEvent,
  name: string,
  ofRequest: Span | undefined,
  tracer: Tracer | undefined,
): OpenSpan {
  const ofEvent = parseTraceparent(extensions?.traceparent, extensions?.tracestate);
  const isApart = ofRequest === undefined || (ofEvent !== undefined && ofEvent.traceId !== ofRequest.traceId);
  if (tracer === undefined) return unrecorded(isApart ? beginSpan(ofEvent) : ofRequest);
  return tracer.begin({
    name: `${name} handles ${type}`,
    kind: "consumer",
    attributes: {
      "lapse.function": name,
      "cloudevents.event_id": id,
      "cloudevents.event_source": source,
      "cloudevents.event_type": type,
    },
    parent: isApart ? ofEvent : ofRequest,
    links: isApart && ofRequest !== undefined ? [ofRequest] : [],
  });
}

/** The subject of an action is its user. */
function userFields({ type, subject }: LapseEvent): LogFields {
  return type === actionEvent.type && subject !== undefined ? { "user.id": subject } : {};
}
