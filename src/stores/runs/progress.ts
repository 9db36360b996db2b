import type { Counts, Run } from "./run-store.ts";

/** The slices that have not ended, in their order. */
export function openSlices({ slices, ended }: Run): number[] {
  const done = new Set(ended.map(({ slice }) => slice));
  return Array.from({ length: slices }, (_, slice) => slice).filter((slice) => !done.has(slice));
}

/** What the slices that have ended counted under a name, all together. */
export function totalOf({ ended }: Run, name: string): number {
  return ended.reduce((sum, { counts }: { counts: Counts }) => sum + (counts[name] ?? 0), 0);
}
