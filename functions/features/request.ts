import * as z from "zod";
import { shortHash } from "#churn/short-hash.ts";
import type { FeaturesPing } from "#runtime/event-kinds.ts";
import { parseInstant } from "#runtime/instant.ts";

/** What a ping asks for, in the form in which runs keep it. */
export const requestSchema = z.object({
  /** Of the runs that follow from it: the same if the ping comes again. */
  runId: z.string(),
  /** Of the ping. */
  eventId: z.string(),
  /** When it was sent, in milliseconds since the epoch. */
  asOf: z.number(),
  through: z.enum(["yesterday", "today"]),
});

export type FeaturesRequest = z.infer<typeof requestSchema>;

/** `now` stands in for the time of an event without one. */
export function requestOf({ id, source, time, data }: FeaturesPing, now: number): FeaturesRequest {
  // A sender's clock may be ahead.
  const asOf = Math.min((time === undefined ? undefined : parseInstant(time)) ?? now, now);
  return { runId: shortHash([source, id, time], 16), eventId: id, asOf, through: data.through };
}
