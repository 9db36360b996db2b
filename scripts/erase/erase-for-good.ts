import type { RunningWork } from "../call/call.ts";
import { type ErasableStores, type Erasure, eraseUsers, isEmpty, isOf, sumOf } from "./erase-users.ts";

export interface ErasedForGood {
  /** All that was deleted. */
  readonly erased: Erasure;
  /** What the last look still found, and deleted; undefined if there was nothing. */
  readonly left: Erasure | undefined;
}

/** Looks after the first. Work that has read a user before the first may have stored something, which others then read. */
const looks = 3;

/**
 * Deletes everything about these users, and looks again until nothing is left. In a running lapse, work that may have read them is
 * waited for before each further look, so that it does not store again what it has read; work that begins after a look
 * finds nothing to read. So all that was acknowledged before the call is gone. Only new actions can bring a user back.
 */
export async function eraseForGood(
  userIds: readonly string[],
  stores: ErasableStores,
  running: RunningWork | undefined,
): Promise<ErasedForGood> {
  const users = new Set(userIds);
  const look = async () => {
    const waiting = running?.forget((event) => isOf(event, users)) ?? 0;
    return { ...(await eraseUsers(userIds, stores)), waiting };
  };
  let erased = await look();
  let left: Erasure | undefined;
  for (let again = 0; again < looks; again++) {
    await running?.settled();
    const found = await look();
    left = isEmpty(found) ? undefined : found;
    if (left === undefined) break;
    erased = sumOf(erased, left);
  }
  return { erased, left };
}
