import { errorResponse } from "#runtime/error-response.ts";
import { readEvent } from "#runtime/event-request.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { empty, type HttpHandler, header, json } from "#runtime/http.ts";
import type { Broker } from "./broker.ts";

/**
 * `POST /broker` as a Knative broker answers it: 202 once one CloudEvent of any type is accepted, whether or not a
 * Trigger takes it; 400 for what is no CloudEvent, 503 while the broker is full or shutting down. The event belongs to
 * the request's trace unless it says otherwise.
 */
export function brokerEndpoint(broker: Pick<Broker, "publish">): HttpHandler {
  return async (request) => {
    if (request.method !== "POST") {
      return json(405, { error: "Send a CloudEvent to the broker with POST." }, { allow: "POST" });
    }
    try {
      broker.publish(traced(readEvent(request), header(request, "traceparent")));
      return empty(202);
    } catch (error) {
      return errorResponse(error);
    }
  };
}

function traced(event: LapseEvent, traceparent: string | undefined): LapseEvent {
  if (traceparent === undefined || event.extensions?.traceparent !== undefined) return event;
  return { ...event, extensions: { ...event.extensions, traceparent } };
}
