import { faultOfNoTime, faultOfTime, readTime } from "#churn/intake/read-time.ts";
import { parseInstant } from "./instant.ts";

/**
 * When an action was done, as an item says it, in milliseconds since the epoch, or what is wrong with it, as it reads on after the field's
 * name. `now` and `oldest`, before which no action may be, are in milliseconds since the epoch.
 */
export function readMoment(value: unknown, now: number, oldest = 0): number | string {
  // Imports send millions of these: parseInstant is several times as fast as the other forms.
  const time = (typeof value === "string" ? parseInstant(value) : undefined) ?? readTime(value);
  return time === undefined ? faultOfNoTime(value) : (faultOfTime(time, now, oldest) ?? time);
}
