import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { Logger } from "#runtime/logging.ts";
import type { DeadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { type DeadLetter, type DeadLetters, deadLetterId } from "#stores/dead-letters/dead-letters.ts";
import { DeadLettersFull } from "./failures.ts";

export interface DeadLettersServices {
  readonly deadLetters: Pick<DeadLetters, "record" | "count" | "get">;
  /** The most letters that are kept. */
  readonly mostLetters: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, "warn" | "error">;
  readonly metrics?: DeadLetterMetrics | undefined;
}

/** The share of the bound from which each further letter is told of at level error. */
const nearlyFull = 0.8;

/**
 * Keeps an event of any type that a broker could not deliver, with where it failed and how. Nothing follows from it. Throws
 * DeadLettersFull for a letter beyond the bound, of which the log has warned long before.
 */
export const handle: EventHandler<LapseEvent, DeadLettersServices> = async (
  event,
  { deadLetters, mostLetters, now, logger, metrics },
  fields,
) => {
  const letter = deadLetterOf(event, now());
  const kept = await deadLetters.count();
  if (kept >= mostLetters && (await deadLetters.get(deadLetterId(letter))) === undefined)
    throw new DeadLettersFull(
      `There are ${kept} dead letters, as many as DEAD_LETTERS_LIMIT allows: this event is not kept. Replay or forget some with lapse dead-letters.`,
    );
  await deadLetters.record(letter);
  if (kept + 1 >= nearlyFull * mostLetters)
    logger.error(
      { "event.action": "dead-letters-nearly-full", ...fields },
      `There are ${kept + 1} dead letters; beyond ${mostLetters} (DEAD_LETTERS_LIMIT) no more are kept. Replay or forget some with lapse dead-letters.`,
    );
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
