import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { Logger } from "#runtime/logging.ts";
import type { DeadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import type { DeadLetter, DeadLetters } from "#stores/dead-letters/dead-letters.ts";

export interface DeadLettersServices {
  readonly deadLetters: Pick<DeadLetters, "record">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, "warn">;
  readonly metrics?: DeadLetterMetrics | undefined;
}

/** Keeps an event of any type that a broker could not deliver, with where it failed and how. Nothing follows from it. */
export const handle: EventHandler<LapseEvent, DeadLettersServices> = async (
  event,
  { deadLetters, now, logger, metrics },
  fields,
) => {
  const letter = deadLetterOf(event, now());
  await deadLetters.record(letter);
  metrics?.recorded(letter.status);
  logger.warn(
    { "event.id": event.id, "event.provider": event.source, "event.action": event.type, ...fields },
    `Kept an event that ${letter.destination ?? "an unnamed destination"} did not take: see lapse dead-letters.`,
  );
  return undefined;
};

/** Tells the event from the attributes that Knative's brokers add to what they give up (knative.dev, "Event delivery"). */
function deadLetterOf({ extensions = {}, ...event }: LapseEvent, recordedAt: number): DeadLetter {
  const { knativeerrordest, knativeerrorcode, knativeerrordata, ...own } = extensions;
  const status = Number(knativeerrorcode);
  return {
    event: Object.keys(own).length === 0 ? event : { ...event, extensions: own },
    ...(knativeerrordest !== undefined && { destination: String(knativeerrordest) }),
    ...(Number.isInteger(status) && status >= 100 && status <= 599 && { status }),
    ...(knativeerrordata !== undefined && { answer: Buffer.from(String(knativeerrordata), "base64").toString("utf8") }),
    recordedAt,
  };
}
