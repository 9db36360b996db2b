import type { DeadLetterKeeper } from "#runtime/dead-letters/keeper.ts";
import { asSent, type Letter } from "#runtime/dead-letters/letter.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";

export interface DeadLettersServices {
  readonly keeper: Pick<DeadLetterKeeper, "keep">;
}

/**
 * Keeps an event of any type that a broker could not deliver, with where it failed and how. Nothing follows from it. Throws
 * DeadLettersFull and StoreUnavailable.
 */
export const handle: EventHandler<LapseEvent, DeadLettersServices> = async (event, { keeper }, fields) => {
  await keeper.keep(letterOf(event), fields);
  return undefined;
};

/**
 * Tells the event from the attributes that Knative's brokers add to what they give up (knative.dev, "Event delivery"). Not
 * every broker says why: RabbitMQ's never has data.
 */
function letterOf(event: LapseEvent): Omit<Letter, "recordedAt"> {
  const { knativeerrordest, knativeerrorcode, knativeerrordata } = event.extensions ?? {};
  const status = Number(knativeerrorcode);
  return {
    event: asSent(event),
    ...(knativeerrordest !== undefined && { destination: String(knativeerrordest) }),
    // A broker that had no response has a number of its own for that.
    ...(Number.isInteger(status) && status >= 100 && status <= 599 && { status }),
    ...(knativeerrordata !== undefined && { answer: Buffer.from(String(knativeerrordata), "base64").toString("utf8") }),
  };
}
