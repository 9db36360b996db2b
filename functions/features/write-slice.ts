import { rangeOf } from "#churn/buckets.ts";
import { formatDay, startOf } from "#churn/day.ts";
import { requireFinite } from "#churn/features/features.ts";
import { featuresUpdated } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { SkippedUsers } from "#runtime/skipped-users.ts";
import { hasEnded, totalOf } from "#stores/runs/progress.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { planned } from "./plan.ts";
import { rowsOf } from "./rows.ts";
import type { FeaturesServices } from "./services.ts";

/**
 * Writes the rows of one slice, and deletes those of its former users; nothing of it again once it has ended. The slice that ends last
 * makes the set the current one, and returns dev.lapse.features.updated, again if it is repeated.
 */
export async function writeSlice(
  run: Run,
  slice: number,
  services: FeaturesServices,
  skipped: SkippedUsers,
): Promise<LapseEvent | undefined> {
  const { features, now, metrics } = services;
  const { plan, set } = planned(run);
  const after = hasEnded(run, slice) ? run : await writeAndEnd(run, slice, services, skipped);
  if (after?.lastSlice !== slice) return undefined;
  await features.completeSet(set.id);
  const users = { here: totalOf(after, "here"), lapsed: totalOf(after, "lapsed") };
  const seconds = Math.max(0, now() - run.number) / 1000;
  metrics?.extracted({ users, snapshot: startOf(set.snapshot), seconds, at: now() });
  return featuresUpdated.make({
    id: plan.eventId,
    source: "/lapse/features",
    // The same if it is repeated, as what follows is known by it.
    time: new Date(run.number).toISOString(),
    data: { snapshot: formatDay(set.snapshot), users: users.here, lapsed: users.lapsed, user_days: plan.userDays },
  });
}

async function writeAndEnd(run: Run, slice: number, services: FeaturesServices, skipped: SkippedUsers) {
  const counts = await writeRows(run, slice, services, skipped);
  // Users who could not be read would pass for former ones. A later run deletes these.
  if (counts.leftOut === 0) await services.features.prune(planned(run).set.id, rangeOf(slice, run.slices));
  return services.runs.endSlice("features", run.id, slice, counts);
}

/** Returns how many users were read, are here, have lapsed, and could not be read. */
async function writeRows(
  run: Run,
  slice: number,
  { actions, features, progress }: FeaturesServices,
  skipped: SkippedUsers,
): Promise<{ read: number; here: number; lapsed: number; leftOut: number }> {
  const { plan, set } = planned(run);
  const { snapshot, definitions, users } = plan;
  const { populations, names } = set;
  const counts = { read: 0, here: 0, lapsed: 0, leftOut: 0 };
  const readBefore = totalOf(run, "read");
  // Rows are written while the next ones are made, a few calls ahead: DuckDB pauses now and then to tidy its file.
  const writing: Promise<void>[] = [];
  const onUsers = (more: number) => {
    counts.read += more;
    progress?.(readBefore + counts.read, users);
  };
  const range = rangeOf(slice, run.slices);
  const onLeftOut = (more: number) => {
    counts.leftOut += more;
  };
  const options = { actions, range, width: names.length, users: Math.ceil(users / run.slices), onUsers, onLeftOut };
  for await (const made of rowsOf({ snapshot, populations, definitions }, options)) {
    const rows = made.filter(({ userId, values }) => skipped.attempt(userId, () => areNumbers(values, names)) === true);
    if (writing.length >= callsAhead) await writing.shift();
    const call = features.put(set.id, rows);
    // Its failure is thrown where it is awaited, unless reading fails before.
    call.catch(() => undefined);
    writing.push(call);
    for (const { values } of rows) counts[values.length > 0 ? "here" : "lapsed"] += 1;
  }
  await Promise.all(writing);
  return counts;
}

/** Throws a RangeError for features that are no numbers. */
function areNumbers(values: ArrayLike<number>, names: readonly string[]): true {
  requireFinite(values, names);
  return true;
}

/** Calls of `put` that are under way at a time. */
const callsAhead = 4;
