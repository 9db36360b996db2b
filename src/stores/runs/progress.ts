import type { Counts, Run } from "./run-store.ts";

/** The slices that have not ended, in their order. */
export function openSlices({ slices, ended }: Run): number[] {
  const done = new Set(ended.map(({ slice }) => slice));
  return Array.from({ length: slices }, (_, slice) => slice).filter((slice) => !done.has(slice));
}

/** Whether a slice has ended: what it did is done, and need not be done again when its event comes again. */
export function hasEnded({ ended }: Run, slice: number): boolean {
  return ended.some((one) => one.slice === slice);
}

/**
 * Whether somebody may still be working on a run: it has not ended, and has begun or gone on within the last twenty minutes. That is two
 * attempts at a slice of which each takes all of the 600 s that a request may last. A run that is taken for abandoned too early loses nothing:
 * readers of its rows must be able to read the rows of two sets anyway. A clock that was ahead by more than that when it noted the progress
 * keeps no run alive.
 */
export function isUnderWay({ lastSlice, number, progressedAt = number }: Run, now: number): boolean {
  return lastSlice === undefined && Math.abs(now - progressedAt) < abandonedMilliseconds;
}

const abandonedMilliseconds = 20 * 60_000;

/** What the slices that have ended counted under a name, all together. */
export function totalOf({ ended }: Run, name: string): number {
  return ended.reduce((sum, { counts }: { counts: Counts }) => sum + (counts[name] ?? 0), 0);
}
