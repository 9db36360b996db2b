import {
  type ChurnDefinition,
  type ChurnSettings,
  churnDefinition,
  type FeatureDefinition,
  isSameOutcome,
} from "#churn/definition.ts";
import { frequentActions } from "#churn/features/frequent-actions.ts";
import type { ActionStore, LogExtent } from "#stores/actions/action-store.ts";
import type { AliasName, ModelStore } from "#stores/models/model-store.ts";

/** The definition of the next model, under today's settings and what the log holds of actions today. */
export async function nextDefinition(
  churn: ChurnSettings,
  actions: Pick<ActionStore, "actionFrequencies">,
  { users, firstDay, lastDay }: LogExtent,
): Promise<FeatureDefinition> {
  return {
    churn: churnDefinition(churn, lastDay - firstDay + 1),
    actions: frequentActions(await actions.actionFrequencies(), users),
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
  const names: readonly AliasName[] = ["champion", "challenger"];
  const aliases = await Promise.all(names.map((name) => models.alias(name)));
  const versions = new Set(aliases.flatMap((alias) => (alias === undefined ? [] : [alias.version])));
  const manifests = await Promise.all([...versions].map((version) => models.manifest(version)));
  return manifests.map(({ definition }) => definition);
}
