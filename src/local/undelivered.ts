import { mostAnswerBytes } from "#runtime/dead-letters/letter.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { HttpResponse } from "#runtime/http.ts";

/** Knative cuts the encoded answer at this many characters, in each four of which base64 holds three bytes. */
const mostCharacters = (mostAnswerBytes / 3) * 4;

/**
 * The event as a dead letter sink receives it: with the destination that did not take it, the status of the last answer
 * and, in base64, the start of its body (knative.dev "Event delivery", dead letter extension attributes).
 */
export function withErrorAttributes(event: LapseEvent, destination: string, answer: HttpResponse): LapseEvent {
  const data = Buffer.from(answer.body).toString("base64").slice(0, mostCharacters);
  return {
    ...event,
    extensions: {
      ...event.extensions,
      knativeerrordest: destination,
      knativeerrorcode: answer.status,
      knativeerrordata: data,
    },
  };
}
