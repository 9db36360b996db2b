import type { EndedSlice, NewRun, Run } from "./run-store.ts";

/** The runs of one job after a change, and the run that the caller gets. */
export interface Changed {
  /** Undefined if nothing changed. */
  readonly runs?: readonly Run[];
  readonly run: Run | undefined;
}

/** As RunStore.begin. `now` is in milliseconds since the epoch. */
export function begun(
  runs: readonly Run[],
  { id, slices, asOf, plan }: NewRun,
  { now, above = 0 }: { readonly now: number; readonly above?: number | undefined },
): Changed {
  const there = runs.find((run) => run.id === id);
  if (there !== undefined) return { run: there };
  const newest = runs.at(-1);
  // What is as of the future came from a clock that was ahead: it must not keep others from beginning until then.
  const isLate = asOf !== undefined && newest?.asOf !== undefined && newest.asOf > asOf && newest.asOf <= now;
  if (isLate) return { run: undefined };
  const number = Math.max(now, (newest?.number ?? 0) + 1, above + 1);
  const run: Run = { id, slices, asOf, plan, number, ended: [], progressedAt: now };
  return { runs: [...runs, run].slice(-keptRuns), run };
}

/** As RunStore.endSlice. `now` is in milliseconds since the epoch. */
export function ended(runs: readonly Run[], id: string, ending: EndedSlice, now: number): Changed {
  const { slice } = ending;
  const newest = runs.at(-1);
  if (newest?.id !== id) return { run: undefined };
  if (newest.ended.some((one) => one.slice === slice)) return { run: newest };
  const all = [...newest.ended, ending];
  const run: Run = {
    ...newest,
    ended: all,
    progressedAt: now,
    ...(all.length === newest.slices && { lastSlice: slice }),
  };
  return { runs: [...runs.slice(0, -1), run], run };
}

/** Runs of a job that are kept: only the newest is worked on, but an event of an older one must be known when it is repeated. */
const keptRuns = 5;
