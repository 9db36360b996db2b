import type { LapseEvent } from "./events.ts";

/**
 * The logic of an event function: handles one event, and answers with the event that follows from it, if any.
 * Throwing a Failure of kind `invalid` means that the event must never be sent again; anything else is retried.
 * Idempotent: the same (source, id) handled twice leaves what handling it once leaves.
 */
export type EventHandler<Services> = (event: LapseEvent, services: Services) => Promise<LapseEvent | undefined>;
