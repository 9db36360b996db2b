import type { Day } from "#churn/day.ts";
import {
  type ChurnDefinition,
  type ChurnSettings,
  churnDefinition,
  type FeatureDefinition,
  isSameOutcome,
} from "#churn/definition.ts";
import { frequentActions } from "#churn/features/frequent-actions.ts";
import { fewestDays, planSplit } from "#churn/training/split.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import { manifestAt, readableChallenger } from "#stores/models/manifest-at.ts";
import type { ModelStore } from "#stores/models/model-store.ts";

/**
 * The definition of the next model, under today's settings and what the log holds up to its last day. The actions that get
 * features of their own are those that were frequent before the first snapshot of the test: a proof must know nothing of the
 * days that it is judged on, and neither could have learned what later actions mean.
 */
export async function nextDefinition(
  settings: ChurnSettings,
  actions: Pick<ActionStore, "usersBefore">,
  { firstDay, lastDay }: Pick<LogExtent, "firstDay" | "lastDay">,
): Promise<FeatureDefinition> {
  const churn = churnDefinition(settings, lastDay - firstDay + 1);
  const known = await actions.usersBefore(firstTest(firstDay, lastDay, churn) ?? lastDay + 1, churn.passive);
  return { churn, actions: frequentActions(known.actions, known.users, churn) };
}

/** Undefined for a log that is too short for a test. */
function firstTest(firstDay: Day, lastDay: Day, churn: ChurnDefinition): Day | undefined {
  return lastDay + 1 - firstDay < fewestDays(churn) ? undefined : planSplit(firstDay, lastDay, churn).test[0];
}

/** The populations that the definitions are about, each once. */
export function populationsOf(definitions: readonly FeatureDefinition[]): readonly ChurnDefinition[] {
  const populations: ChurnDefinition[] = [];
  for (const { churn } of definitions)
    if (!populations.some((population) => isSameOutcome(population, churn))) populations.push(churn);
  return populations;
}

/** The definitions of the models in service, the champion's first; none where there is no model. */
export async function servedDefinitions(
  models: Pick<ModelStore, "alias" | "manifest">,
): Promise<readonly FeatureDefinition[]> {
  const [champion, challenger] = await Promise.all([manifestAt("champion", models), readableChallenger(models)]);
  const isOther = challenger?.version !== champion?.version;
  return [champion, isOther ? challenger : undefined].flatMap((manifest) => manifest?.definition ?? []);
}
