import { eventFields } from "#runtime/event-fields.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { type featuresUpdated, type modelPromoted, scoreSlice as scoreSliceKind } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { LogFields } from "#runtime/logging.ts";
import { SkippedUsers } from "#runtime/skipped-users.ts";
import { sendSlices } from "#runtime/slice-event.ts";
import { openSlices } from "#stores/runs/progress.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { planScore } from "./plan.ts";
import { scoreSlice } from "./score-slice.ts";
import type { ScoreServices } from "./services.ts";

type Asking = EventOf<typeof featuresUpdated | typeof modelPromoted>;
type Slice = EventOf<typeof scoreSliceKind>;

/**
 * Scores every user who is here with the champion, and in shadow, for the ledger only, with the challenger. Where there are many users,
 * the run is cut into slices, each an event that comes back here: docs/decisions/slices.md. The last of them returns
 * dev.lapse.users.scored; nothing follows while there is no champion or no features. Throws NotYet when the features lack what
 * the champion needs: the next run of features computes it.
 */
export const handle: EventHandler<Asking | Slice, ScoreServices> = async (event, services, fields = {}) => {
  if (isSlice(event)) {
    const { run: id, slice } = event.data;
    const run = await services.runs.newest("score");
    if (run?.id === id && slice < run.slices) return score(run, slice, event, services, fields);
    services.logger.info(
      { ...eventFields(event), ...fields },
      "Nobody is scored for this event: a newer run has begun.",
    );
    return undefined;
  }
  const run = await planScore(event, services, fields);
  if (run === undefined) return undefined;
  if (run.slices === 1) return score(run, 0, event, services, fields);
  const { slicing, now } = services;
  if (slicing.publish === undefined) throw new TypeError("There is no broker for the slices of a scoring.");
  const open = { run: run.id, slices: openSlices(run), source: "/lapse/score", time: now() };
  await sendSlices(scoreSliceKind, open, slicing.publish);
  return undefined;
};

function isSlice(event: Asking | Slice): event is Slice {
  return event.type === scoreSliceKind.type;
}

async function score(run: Run, slice: number, event: LapseEvent, services: ScoreServices, fields: LogFields) {
  const skipped = new SkippedUsers("score", services.skipping);
  const reply = await scoreSlice(run, slice, services, fields, skipped);
  skipped.tell({ ...eventFields(event), ...fields });
  return reply;
}
