import { createHash } from "node:crypto";
import { InvalidInput } from "#churn/failure.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { parseInstant } from "#runtime/instant.ts";

/**
 * The version that an event asks for, such as `20240301T021500Z-1f3a9c`: versions sort by time, and the same event
 * delivered again asks for the same one. Throws InvalidInput for an event without a time.
 */
export function versionOf({ source, id, time }: LapseEvent): string {
  const moment = time === undefined ? undefined : parseInstant(time);
  if (moment === undefined) throw new InvalidInput(`Cannot name a version after event ${id}: it has no time.`);
  const stamp = new Date(moment).toISOString().replace(/\.\d+|[-:]/g, "");
  return `${stamp}-${createHash("sha256").update(`${source}\0${id}`).digest("hex").slice(0, 6)}`;
}
