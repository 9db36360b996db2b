import * as z from "zod";
import { slicesFor } from "#churn/buckets.ts";
import type { Day } from "#churn/day.ts";
import { type RiskRule, riskBases } from "#churn/risk-rule.ts";
import { shortHash } from "#churn/short-hash.ts";
import { eventFields } from "#runtime/event-fields.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { LogFields } from "#runtime/logging.ts";
import { isUnderWay } from "#stores/runs/progress.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { riskOfList } from "./list-risk.ts";
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
  /** That of a later one, which a run of features that was abandoned has begun to write: who has a row in it has none in the other. */
  readonly begunSet?: string | undefined;
  /** Those of the sets; absent in a run that was planned before there were costs. */
  readonly snapshots?: readonly Day[] | undefined;
  /** By what users are at risk; absent in a run that was planned before there were costs: then it is the version's own. */
  readonly risk?: RiskRule | undefined;
  /** The number of the run of features that made it; absent for a set from before there were runs. */
  readonly features?: number | undefined;
}

const planSchema = z.object({
  eventId: z.string(),
  eventType: z.string(),
  version: z.string(),
  challenger: z.string().nullable(),
  set: z.string(),
  begunSet: z.string().optional(),
  snapshots: z.array(z.int()).optional(),
  features: z.number().optional(),
  risk: z.object({ thresholds: z.object({ medium: z.number(), high: z.number() }), by: z.enum(riskBases) }).optional(),
});

/**
 * Plans to score all users with the present champion, and begins the run. An event that comes again gets the run that it began.
 * Undefined while there is no champion or no features, while features are being replaced, which leads to a scoring when it is done,
 * and if a newer run has begun. While a run of features lies abandoned, the users that it has reached are scored by their new rows, and
 * the others by those of the set before. Throws NotYet when the features lack what the champion needs.
 */
export async function planScore(
  event: LapseEvent,
  services: ScoreServices,
  fields: LogFields,
): Promise<Run | undefined> {
  const { features, models, runs, slicing, logger, now } = services;
  const [champion, set, latest, replacing] = await Promise.all([
    models.alias("champion"),
    features.currentSet(),
    features.latestSet(),
    runs.newest("features"),
  ]);
  if (champion === undefined || set === undefined) return undefined;
  if (replacing !== undefined && isUnderWay(replacing, now())) {
    logger.info(
      { ...eventFields(event), ...fields },
      "Features are being replaced: users are scored when that is done.",
    );
    return undefined;
  }
  const isAbandoned = replacing !== undefined && replacing.lastSlice === undefined;
  if (isAbandoned)
    logger.warn(
      { ...eventFields(event), ...fields },
      "The last run of features has not ended, and has made no progress for long: users are scored by the features that they have. Replay its dead letters, or run features again.",
    );
  const sets = isAbandoned && latest !== undefined && latest.id !== set.id ? [set, latest] : [set];
  const manifest = await models.manifest(champion.version);
  if (champion.standsInFor !== undefined)
    logger.warn(
      { ...fields, model: champion.version },
      `These scores come from version ${champion.version}, which stands in for ${champion.standsInFor}.`,
    );
  // Before a run begins that could not end.
  for (const one of sets) scorerOf(manifest, one);
  const challenger = await models.alias("challenger").catch((error: unknown) => {
    shadowFailed(error, services, fields);
    return undefined;
  });
  const counts = await Promise.all(sets.map(({ id }) => features.countUsers(id)));
  const users = counts.reduce((sum, { here, lapsed }) => sum + here + lapsed, 0);
  // Its rows have made way for those of the next set, which is about to be the current one.
  if (users === 0) return undefined;
  const here = counts.reduce((sum, count) => sum + count.here, 0);
  const plan: ScorePlan = {
    ...{ eventId: event.id, eventType: event.type, version: champion.version, set: set.id },
    begunSet: sets[1]?.id,
    challenger: challenger?.version ?? null,
    features: replacing?.number,
    snapshots: [...new Set(sets.map(({ snapshot }) => snapshot))],
    risk: await riskOfList(manifest, sets, here, services),
  };
  const slices = slicing.publish === undefined ? 1 : (slicing.slices ?? slicesFor(users));
  // Scores and rows of the list may be there whose run is not known any more; what this one writes is to replace them.
  const above = Math.max(await features.lastScoring(), await services.users.lastWritten());
  const run = await runs.begin("score", { id: runId(event), slices, plan }, above);
  if (run === undefined || run.number !== (await runs.newest("score"))?.number) return undefined;
  return run;
}

export function plannedScore({ plan }: Run): ScorePlan {
  return planSchema.parse(plan);
}

/** The same if the event comes again. */
function runId({ source, type, id, time }: LapseEvent): string {
  return shortHash([source, type, id, time], 16);
}
