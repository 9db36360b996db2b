import { readEvent } from "#runtime/event-request.ts";
import { anyEventLimit } from "#runtime/event-route.ts";
import { cloudEventSchema } from "#runtime/event-schema.ts";
import { empty } from "#runtime/http.ts";
import type { Route } from "#runtime/route.ts";
import { noBody } from "#runtime/route-description.ts";
import { partOf } from "#runtime/tracing/running-span.ts";
import type { Broker } from "./broker.ts";

/**
 * `POST /broker` as a Knative broker has it: 202 once one CloudEvent of any type, with data of any kind, is accepted, whether or not a Trigger
 * takes it; 400 for what is not a CloudEvent, 503 while the broker is full or shutting down. The event belongs to the
 * request's trace unless it says otherwise.
 */
export function brokerRoute(broker: Pick<Broker, "publish">): Route {
  return {
    method: "POST",
    path: "/broker",
    // Any event: also one that trains a model, or says that one was promoted.
    access: "operate",
    about: {
      summary: "Takes any CloudEvent, and delivers it to the functions whose Triggers match",
      body: { "application/cloudevents+json": cloudEventSchema },
      responses: { 202: noBody("Accepted, whether or not a Trigger matches.") },
    },
    bodyLimit: anyEventLimit,
    handle: async (request) => {
      broker.publish(partOf(readEvent(request), request.correlation?.span));
      return empty(202);
    },
  };
}
