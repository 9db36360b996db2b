import {
  type ChurnDefinition,
  type ChurnSettings,
  churnDefinition,
  type FeatureDefinition,
  isSameOutcome,
} from "#churn/definition.ts";
import { frequentActions } from "#churn/features/frequent-actions.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import { manifestAt, readableChallenger } from "#stores/models/manifest-at.ts";
import type { ModelStore } from "#stores/models/model-store.ts";

/** The definition of the next model, under today's settings and what the log holds of actions today. */
export async function nextDefinition(
  churn: ChurnSettings,
  actions: Pick<ActionStore, "actionFrequencies">,
  { users, firstDay, lastDay }: LogExtent,
): Promise<FeatureDefinition> {
  return {
    churn: churnDefinition(churn, lastDay - firstDay + 1),
    actions: frequentActions(await actions.actionFrequencies(churn.passive), users, churn),
  };
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
