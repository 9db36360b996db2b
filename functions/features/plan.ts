import * as z from "zod";
import { askedSnapshot } from "#churn/asked-snapshot.ts";
import { slicesFor } from "#churn/buckets.ts";
import { type Day, formatDay } from "#churn/day.ts";
import type { FeatureDefinition } from "#churn/definition.ts";
import { storedFeatures } from "#churn/features/stored-features.ts";
import { shortHash } from "#churn/short-hash.ts";
import { definitionSchema } from "#stores/features/feature-set-schema.ts";
import type { FeatureSet } from "#stores/features/feature-store.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { nextDefinition, populationsOf, servedDefinitions } from "./definitions.ts";
import type { FeaturesRequest } from "./request.ts";
import type { FeaturesServices } from "./services.ts";

/** What all slices of a run of features must agree on, however the log and the models change meanwhile. */
interface FeaturesPlan {
  /** Of the ping that asked for it. */
  readonly eventId: string;
  readonly snapshot: Day;
  /** Whose features a row holds: the definitions of the models in service, and last the next model's. */
  readonly definitions: readonly FeatureDefinition[];
  /** How many users there are. */
  readonly users: number;
  /** How many user-days the roll-up wrote. */
  readonly userDays: number;
}

const planSchema = z.object({
  eventId: z.string(),
  snapshot: z.int(),
  definitions: z.array(definitionSchema),
  users: z.int(),
  userDays: z.int(),
});

/**
 * Plans the features of all users as of a request, and begins the run. A request that comes again gets the run that it began.
 * Undefined while the log is empty, or if a newer run has begun.
 */
export async function planFeatures(
  request: FeaturesRequest,
  userDays: number,
  { actions, features, models, runs, churn, slicing }: FeaturesServices,
): Promise<Run | undefined> {
  const extent = await actions.extent(churn.passive);
  if (extent === undefined) return undefined;
  const { users, firstDay } = extent;
  const snapshot = askedSnapshot(request, extent.lastDay);
  const next = await nextDefinition(churn, actions, { firstDay, lastDay: snapshot - 1 });
  const plan: FeaturesPlan = {
    eventId: request.eventId,
    snapshot,
    definitions: [...(await servedDefinitions(models)), next],
    users,
    userDays,
  };
  const slices = slicing.publish === undefined ? 1 : (slicing.slices ?? slicesFor(users));
  const asked = { id: request.runId, slices, asOf: request.asOf, plan };
  // Sets may be there that no run is known of any more, such as those of a version that kept no runs.
  const run = await runs.begin("features", asked, await features.lastNumber());
  return run?.number === (await runs.newest("features"))?.number ? run : undefined;
}

/** The plan of a run, and the set that it writes. */
export function planned({ id, plan }: Run): { readonly plan: FeaturesPlan; readonly set: FeatureSet } {
  const parsed: FeaturesPlan = planSchema.parse(plan);
  const { snapshot, definitions } = parsed;
  const definition = definitions.at(-1);
  if (definition === undefined) throw new TypeError("A run of features has no definition.");
  const { names } = storedFeatures(definitions);
  return {
    plan: parsed,
    set: { id: setId(id, parsed, names), snapshot, definition, populations: populationsOf(definitions), names },
  };
}

/**
 * The same for a run that is repeated, so that it writes the same rows; another for any other run, even one of the same day, so
 * that no row of an older one passes for one of a newer.
 */
function setId(runId: string, { snapshot, definitions }: FeaturesPlan, names: readonly string[]): string {
  return `${formatDay(snapshot)}-${shortHash([runId, definitions, names], 16)}`;
}
