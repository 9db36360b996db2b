/** From here on (March 1973) ingest takes a number for milliseconds, before it for seconds. */
const leastMilliseconds = 1e11;

/** A time as ingest takes it: milliseconds since the epoch where that is unmistakable, else ISO 8601. */
export function wireTime(time: number): number | string {
  return time >= leastMilliseconds ? time : new Date(time).toISOString();
}
