import * as z from "zod";
import { slicesFor } from "#churn/buckets.ts";
import { shortHash } from "#churn/short-hash.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { LogFields } from "#runtime/logging.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { scorerOf } from "./scorer.ts";
import type { ScoreServices } from "./services.ts";
import { shadowFailed } from "./shadow.ts";

/** What all slices of a scoring must agree on, however the aliases move meanwhile. */
export interface ScorePlan {
  /** Of the event that asked for it. */
  readonly eventId: string;
  readonly eventType: string;
  /** The champion. */
  readonly version: string;
  /** The version that scores in shadow; null where there is none. */
  readonly challenger: string | null;
  /** The id of the set of features. */
  readonly set: string;
  /** The number of the run of features that made it; absent for a set from before there were runs. */
  readonly features?: number | undefined;
}

const planSchema = z.object({
  eventId: z.string(),
  eventType: z.string(),
  version: z.string(),
  challenger: z.string().nullable(),
  set: z.string(),
  features: z.number().optional(),
});

/**
 * Plans to score all users with the present champion, and begins the run. An event that comes again gets the run that it began.
 * Undefined while there is no champion or no features, while features are being replaced, which leads to a scoring when it is done,
 * and if a newer run has begun. Throws NotYet when the features lack what the champion needs.
 */
export async function planScore(
  event: LapseEvent,
  services: ScoreServices,
  fields: LogFields,
): Promise<Run | undefined> {
  const { features, models, runs, slicing, logger } = services;
  const [champion, set, replacing] = await Promise.all([
    models.alias("champion"),
    features.currentSet(),
    runs.newest("features"),
  ]);
  if (champion === undefined || set === undefined) return undefined;
  if (replacing !== undefined && replacing.lastSlice === undefined) {
    logger.info(
      { "event.id": event.id, ...fields },
      "Features are being replaced: users are scored when that is done.",
    );
    return undefined;
  }
  const manifest = await models.manifest(champion.version);
  if (champion.standsInFor !== undefined)
    logger.warn(
      { ...fields, model: champion.version },
      `These scores come from version ${champion.version}, which stands in for ${champion.standsInFor}.`,
    );
  // Before a run begins that could not end.
  scorerOf(manifest, set);
  const challenger = await models.alias("challenger").catch((error: unknown) => {
    shadowFailed(error, services, fields);
    return undefined;
  });
  const plan: ScorePlan = {
    ...{ eventId: event.id, eventType: event.type, version: champion.version, set: set.id },
    challenger: challenger?.version ?? null,
    features: replacing?.number,
  };
  const { here, lapsed } = await features.countUsers(set.id);
  // Its rows have made way for those of the next set, which is about to be the current one.
  if (here + lapsed === 0) return undefined;
  const slices = slicing.publish === undefined ? 1 : (slicing.slices ?? slicesFor(here + lapsed));
  const run = await runs.begin("score", { id: runId(event), slices, plan });
  return run?.number === (await runs.newest("score"))?.number ? run : undefined;
}

export function plannedScore({ plan }: Run): ScorePlan {
  return planSchema.parse(plan);
}

/** The same if the event comes again. */
function runId({ source, type, id, time }: LapseEvent): string {
  return shortHash([source, type, id, time], 16);
}
