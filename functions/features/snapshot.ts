import * as z from "zod";
import { type Day, dayOf } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { parseInstant } from "#runtime/instant.ts";

/** Throws InvalidInput unless the event is a ping that asks for features. */
export function requireFeaturesPing({ type, extensions }: LapseEvent): void {
  if (type !== "dev.knative.sources.ping" || extensions?.lapsejob !== "features")
    throw new InvalidInput("features takes dev.knative.sources.ping with the attribute lapsejob: features.");
}

/** Through which day actions count: `today` is for a run by hand, to take in what was just sent. */
const pingData = z
  .object({ through: z.enum(["yesterday", "today"]).default("yesterday") })
  .default({ through: "yesterday" });

/**
 * The day at whose start features are taken: that of the event, because a day that has hardly begun would count as one
 * without actions for nearly everybody; the day after it where the event's data says `{"through": "today"}`; or the day
 * after the last action where the log ends before. Throws InvalidInput for data that says anything else.
 */
export function snapshotOf({ time, data }: LapseEvent, lastDay: Day, now: number): Day {
  const asked = pingData.safeParse(data);
  if (!asked.success)
    throw new InvalidInput('features takes no data but {"through": "yesterday" | "today"}.', { cause: asked.error });
  const day = dayOf((time === undefined ? undefined : parseInstant(time)) ?? now);
  return Math.min(lastDay + 1, asked.data.through === "today" ? day + 1 : day);
}
