import { TooLarge } from "#runtime/failures.ts";

/** Most users in one request: more would hold up those of others, which wait for the same thread. */
const maxInstances = 1000;

/** Throws TooLarge for more instances than fit into one request. */
export function checkInstances(count: number): void {
  if (count > maxInstances) throw new TooLarge(`The request holds ${count} instances; at most ${maxInstances} fit.`);
}
