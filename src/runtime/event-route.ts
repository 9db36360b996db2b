import { readEvent } from "./event-request.ts";
import { cloudEventSchema } from "./event-schema.ts";
import { toBinary } from "./events.ts";
import type { MadeFunction } from "./function-definition.ts";
import { empty } from "./http.ts";
import { type MeasuredOptions, measured } from "./measured.ts";
import type { Route } from "./route.ts";
import { noBody, text } from "./route-description.ts";

/** Events that start work are small; Knative itself promises no more than 64 KB. */
export const eventLimit = 1024 * 1024;
/** What no function took may be as large as what a broker takes. */
export const anyEventLimit = 16 * 1024 * 1024;

/**
 * What an event function serves: POST / takes one CloudEvent, and responds with the event that follows from it in binary
 * mode, or 204. Not as the framework's `cloudEvent` has it, which cannot respond with an event.
 */
export function eventRoute({ handle }: MadeFunction, options: MeasuredOptions & { bodyLimit: number }): Route {
  const handleMeasured = measured(handle, options);
  return {
    method: "POST",
    path: "/",
    access: "broker",
    about: {
      summary: "Handles one CloudEvent",
      body: { "application/cloudevents+json": cloudEventSchema },
      responses: {
        200: text("application/json", "The event that follows, in binary mode."),
        204: noBody("No event follows."),
      },
    },
    bodyLimit: options.bodyLimit,
    handle: async (request) => {
      const following = await handleMeasured(readEvent(request), request.correlation);
      return following === undefined ? empty(204) : { status: 200, ...toBinary(following) };
    },
  };
}
