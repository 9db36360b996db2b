import { eventFields } from "#runtime/event-fields.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { type FeaturesPing, featuresSlice, rollUpSlice } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { LogFields } from "#runtime/logging.ts";
import { SkippedUsers } from "#runtime/skipped-users.ts";
import { sendSlices } from "#runtime/slice-event.ts";
import { openSlices } from "#stores/runs/progress.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { planFeatures, planned } from "./plan.ts";
import { type FeaturesRequest, requestOf } from "./request.ts";
import { beginRollUp, type RolledUp, rollUpBuckets, rollUpOf } from "./roll-up.ts";
import type { FeaturesServices } from "./services.ts";
import { writeSlice } from "./write-slice.ts";

type Slice = EventOf<typeof rollUpSlice | typeof featuresSlice>;

/**
 * Rolls the actions up, and replaces the stored rows: features of every user who is here at the snapshot, and since when the
 * others have lapsed. Where there are many users, both are cut into slices, each an event that comes back here:
 * docs/decisions/slices.md. The last of all returns dev.lapse.features.updated; nothing follows while the log is empty, and from a run
 * that a newer one has overtaken.
 */
export const handle: EventHandler<FeaturesPing | Slice, FeaturesServices> = async (event, services, fields = {}) => {
  const from = { event, fields };
  if (!isSlice(event)) {
    const request = requestOf(event, services.now());
    const done = await doneFor(request, services);
    if (done !== undefined) return done.slices === 1 ? write(done, 0, services, from) : undefined;
    const begun = await beginRollUp(request, services);
    if (begun === undefined) return overtaken(from, services);
    if ("request" in begun) return extract(begun, services, from);
    await send(rollUpSlice, begun.run, begun.open, services);
    return undefined;
  }
  const { run: id, slice } = event.data;
  const job = event.type === rollUpSlice.type ? "roll-up" : "features";
  const run = await services.runs.newest(job);
  if (run?.id !== id || slice >= run.slices) return overtaken(from, services);
  if (job === "features") return write(run, slice, services, from);
  const rolledUp = await rollUpBuckets(run, slice, services);
  return rolledUp && extract(rolledUp, services, from);
};

/** The event that is handled. */
interface From {
  readonly event: LapseEvent;
  readonly fields: LogFields;
}

/** The run of a ping that comes again although all is done; it replies again if no slice does so. */
async function doneFor(request: FeaturesRequest, services: FeaturesServices): Promise<Run | undefined> {
  const run = await services.runs.newest("features");
  const isDone = run?.id === request.runId && run.lastSlice !== undefined;
  return isDone && (await rollUpOf(request, services)) === undefined ? run : undefined;
}

function isSlice(event: FeaturesPing | Slice): event is Slice {
  return event.type === rollUpSlice.type || event.type === featuresSlice.type;
}

/** Once the log is rolled up: writes all rows, or has slices do so. */
async function extract(
  { request, userDays }: RolledUp,
  services: FeaturesServices,
  from: From,
): Promise<LapseEvent | undefined> {
  const run = await planFeatures(request, userDays, services);
  if (run === undefined) return overtaken(from, services);
  const open = openSlices(run);
  if (open.length === 0 && run.slices > 1) return undefined;
  // Before any row is written, and again if it was cut short here.
  if (open.length > 0) await services.features.putSet(planned(run).set, run.number);
  if (run.slices === 1) return write(run, 0, services, from);
  await send(featuresSlice, run, open, services);
  return undefined;
}

async function write(run: Run, slice: number, services: FeaturesServices, { event, fields }: From) {
  const skipped = new SkippedUsers("features", services.skipping);
  const reply = await writeSlice(run, slice, services, skipped);
  skipped.tell({ ...eventFields(event), ...fields });
  return reply;
}

async function send(
  kind: typeof rollUpSlice | typeof featuresSlice,
  run: Run,
  slices: readonly number[],
  { slicing, now }: FeaturesServices,
): Promise<void> {
  const { publish } = slicing;
  if (publish === undefined) throw new TypeError(`There is no broker for the slices of ${kind.type}.`);
  await sendSlices(kind, { run: run.id, slices, source: "/lapse/features", time: now() }, publish);
}

function overtaken({ event, fields }: From, { logger }: FeaturesServices): undefined {
  logger.info(
    { ...eventFields(event), ...fields },
    "Nothing is computed for this event: the log is empty, or a newer run has begun.",
  );
  return undefined;
}
