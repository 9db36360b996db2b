import type { LapseEvent } from "./events.ts";
import type { LogFields } from "./logging.ts";

/**
 * The logic of an event function: handles one event, and answers with the event that follows from it, if any.
 * Throwing a Failure of kind `invalid` means that the event must never be sent again; anything else is retried.
 * Idempotent: the same (source, id) handled twice leaves what handling it once leaves.
 * `fields` are for log entries about this event: they tell its trace.
 */
export type EventHandler<Services> = (
  event: LapseEvent,
  services: Services,
  fields?: LogFields,
) => Promise<LapseEvent | undefined>;
