import * as z from "zod";
import { shortHash } from "#churn/short-hash.ts";
import { askedAt } from "#runtime/asked-at.ts";
import type { FeaturesPing } from "#runtime/event-kinds.ts";

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
  return { runId: shortHash([source, id, time], 16), eventId: id, asOf: askedAt({ time }, now), through: data.through };
}
