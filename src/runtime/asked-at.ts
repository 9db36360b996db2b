import { parseInstant } from "./instant.ts";

/**
 * When an event was sent, in milliseconds since the epoch. `now` stands in for the time of an event without one, and for one
 * that is still to come, as a sender's clock may be fast.
 */
export function askedAt({ time }: { readonly time?: string | undefined }, now: number): number {
  return Math.min((time === undefined ? undefined : parseInstant(time)) ?? now, now);
}
