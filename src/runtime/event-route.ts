import type { Access } from "./access/access.ts";
import type { DeadLetterKeeper } from "./dead-letters/keeper.ts";
import { earlyRefusals } from "./early-refusals.ts";
import { readEvent } from "./event-request.ts";
import { cloudEventSchema } from "./event-schema.ts";
import { type LapseEvent, toBinary } from "./events.ts";
import { TooLarge } from "./failures.ts";
import type { MadeFunction } from "./function-definition.ts";
import { empty, type HttpRequest } from "./http.ts";
import { type MeasuredOptions, measured } from "./measured.ts";
import type { Route } from "./route.ts";
import { noBody, text } from "./route-description.ts";
import { takingTooLittle } from "./too-little-to-learn.ts";
import { unreadableEvent } from "./unreadable-event.ts";

/** Events that start work are small; Knative itself promises no more than 64 KB. */
export const eventLimit = 1024 * 1024;
/** What no function took may be as large as what a broker takes. */
export const anyEventLimit = 16 * 1024 * 1024;
/**
 * The most bytes of the headers of a request that brings an event, in binary mode its attributes: RabbitMQ takes 128 KiB of them, as many
 * as fit into a frame, and a byte that is percent-encoded becomes three. Beyond it Node itself responds 431. A gateway in front may take less
 * (Envoy, on which Kourier is built, 60 KiB by default), and refuses what is longer by itself.
 */
export const eventHeadersLimit = 512 * 1024;

/** Where a function that also serves others takes what the Broker delivers: the `uri` of its Triggers. */
export const deliveredPath = "/delivered";

export interface EventRouteOptions extends MeasuredOptions {
  /** The largest body of an event that is handled; a larger one is refused. In bytes. */
  readonly bodyLimit: number;
  readonly deadLetters: Pick<DeadLetterKeeper, "failed">;
}

/**
 * What an event function serves: POST / takes one CloudEvent, and responds with the event that follows from it in binary
 * mode, or 204. Not as the framework's `cloudEvent` has it, which cannot respond with an event.
 */
export function eventRoute(made: MadeFunction, options: EventRouteOptions): Route {
  return eventRouteAt({ path: "/", access: "broker" }, made, options);
}

/**
 * What a function that also serves others takes from the Broker, at `deliveredPath`. No one reads the response
 * to an event that is sent there, so what is refused is kept as a dead letter. Where keys or tokens are asked for, it is not for
 * callers who may send actions: with a few thousand events that are refused they would fill the dead letters, and nothing that
 * the Broker delivers could be kept any more.
 */
export function deliveredRoute(made: MadeFunction, options: Omit<EventRouteOptions, "bodyLimit">): Route {
  return eventRouteAt({ path: deliveredPath, access: "operate" }, made, { ...options, bodyLimit: anyEventLimit });
}

function eventRouteAt(
  { path, access }: { readonly path: string; readonly access: Access },
  { handle }: MadeFunction,
  options: EventRouteOptions,
): Route {
  const handleMeasured = takingTooLittle(measured(handle, options), options);
  return {
    method: "POST",
    path,
    access,
    about: {
      summary: "Handles one CloudEvent",
      body: { "application/cloudevents+json": cloudEventSchema },
      responses: {
        200: text("application/json", "The event that follows, in binary mode."),
        204: noBody("No event follows."),
      },
    },
    // Read also if it is too large to be handled: it is kept.
    bodyLimit: anyEventLimit,
    early: earlyRefusals(options.deadLetters),
    handle: async (request) => {
      const following = await handleMeasured(await readable(request, options), request.correlation);
      return following === undefined ? empty(204) : { status: 200, ...toBinary(following) };
    },
  };
}

/** The event of a request. One that is refused at once is kept as a dead letter if it has at least an identity. */
async function readable(request: HttpRequest, { bodyLimit, deadLetters }: EventRouteOptions): Promise<LapseEvent> {
  try {
    const event = readEvent(request);
    if (request.body.length > bodyLimit)
      throw new TooLarge(`The event has ${request.body.length} bytes; this function takes at most ${bodyLimit}.`);
    return event;
  } catch (error) {
    const event = unreadableEvent(request);
    if (event !== undefined) await deadLetters.failed(event, error);
    throw error;
  }
}
