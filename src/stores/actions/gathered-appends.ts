import type { Action } from "#churn/action.ts";
import { callersPatience, GatheredWrites } from "../gathered-writes.ts";
import type { AppendOutcome } from "./action-store.ts";

export interface GatheringBounds {
  /** The most actions of several calls that are written together. */
  readonly mostTogether: number;
  /** How many writes may be under way while what waits is enough for another one. */
  readonly mostWrites: number;
  /** The most actions that may wait, 200,000 by default, which take about 100 MB. */
  readonly mostWaiting?: number | undefined;
}

/** The appends of concurrent calls, written together by `write`; see GatheredWrites. */
export function gatheredAppends(
  write: (actions: readonly Action[]) => Promise<readonly AppendOutcome[]>,
  { mostTogether, mostWrites, mostWaiting = 200_000 }: GatheringBounds,
): GatheredWrites<Action, AppendOutcome> {
  return new GatheredWrites(write, {
    purpose: "store actions",
    mostItems: mostTogether,
    mostBytes: 5_000_000,
    bytesOf,
    mostWrites,
    mostWaiting,
    patience: callersPatience,
  });
}

/** Roughly what an action takes in a request to a store. */
function bytesOf({ userId, action, eventId, source }: Action): number {
  return 200 + userId.length + action.length + (eventId?.length ?? 0) + (source?.length ?? 0);
}
