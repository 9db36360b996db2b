import { rangeOf, slicesFor } from "#churn/buckets.ts";
import { hasEnded, openSlices, totalOf } from "#stores/runs/progress.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { type FeaturesRequest, requestSchema } from "./request.ts";
import type { FeaturesServices } from "./services.ts";

/** A roll-up that is done, and what asked for it. */
export interface RolledUp {
  readonly request: FeaturesRequest;
  readonly userDays: number;
}

/**
 * Rolls everything up, or returns the run whose open slices are to do so, if any are left; the last of them goes on with what follows.
 * Undefined if a newer run has begun.
 */
export async function beginRollUp(
  request: FeaturesRequest,
  services: FeaturesServices,
): Promise<RolledUp | { readonly run: Run; readonly open: readonly number[] } | undefined> {
  const { actions, runs, now } = services;
  // A request that comes again finds less that is not counted yet, and must not do alone what slices are doing.
  const begun = await rollUpOf(request, services);
  const slices = begun?.slices ?? (await rollUpSlices(services));
  if (slices === 1) {
    const began = now();
    const { userDays } = await actions.rollUp();
    services.metrics?.rolledUp({ userDays, seconds: (now() - began) / 1000, at: now() });
    return { request, userDays };
  }
  const run = await runs.begin("roll-up", { id: request.runId, slices, asOf: request.asOf, plan: request });
  if (run === undefined || run.number !== (await runs.newest("roll-up"))?.number) return undefined;
  return { run, open: openSlices(run) };
}

/** The roll-up in slices that a request has begun, unless a newer one has. */
export async function rollUpOf({ runId }: FeaturesRequest, { runs }: FeaturesServices): Promise<Run | undefined> {
  const newest = await runs.newest("roll-up");
  return newest?.id === runId ? newest : undefined;
}

/** Rolls up the users of one slice, unless it has ended. Returns what the run did if this slice was the last to end. */
export async function rollUpBuckets(
  run: Run,
  slice: number,
  services: FeaturesServices,
): Promise<RolledUp | undefined> {
  const { now, metrics } = services;
  const after = hasEnded(run, slice) ? run : await rollUpAndEnd(run, slice, services);
  if (after?.lastSlice !== slice) return undefined;
  const done = rolledUp(after);
  metrics?.rolledUp({ userDays: done.userDays, seconds: Math.max(0, now() - run.number) / 1000, at: now() });
  return done;
}

async function rollUpAndEnd(run: Run, slice: number, { actions, runs, churn }: FeaturesServices) {
  const range = rangeOf(slice, run.slices);
  const { userDays } = await actions.rollUp(range);
  // Reads the users of the slice, so that no process needs to read those of all.
  await actions.extent(churn.passive, range);
  return runs.endSlice("roll-up", run.id, slice, { userDays });
}

function rolledUp(run: Run): RolledUp {
  return { request: requestSchema.parse(run.plan), userDays: totalOf(run, "userDays") };
}

async function rollUpSlices({ actions, slicing }: FeaturesServices): Promise<number> {
  if (slicing.publish === undefined || actions.notRolledUp === undefined) return 1;
  if (slicing.slices !== undefined) return Math.min(slicing.slices, mostSlices);
  return slicesFor(await actions.notRolledUp(), { each: actionsEach, most: mostSlices });
}

/** A store rolls whole sixteenths of the users up. */
const mostSlices = 16;
/** Actions of one slice: at 50,000 a second, which two cores shared with Elasticsearch reached, two minutes. */
const actionsEach = 5_000_000;
