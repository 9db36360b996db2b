import { TooLarge } from "#runtime/failures.ts";

/** Of a request's body, in bytes: 1,000 users with about 4 kB of features or actions each. */
export const bodyLimit = 4 * 1024 * 1024;

/** Most users in one request: more would hold up those of others, which wait for the same thread. */
export const maxInstances = 1000;

/** Most actions of a user who is not stored. */
export const mostActions = 10_000;

/** Throws TooLarge for more instances than fit into one request. */
export function checkInstances(count: number): void {
  if (count > maxInstances) throw new TooLarge(`The request holds ${count} instances; at most ${maxInstances} fit.`);
}
