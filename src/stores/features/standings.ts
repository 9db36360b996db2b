import { type ChurnDefinition, isSameOutcome } from "#churn/definition.ts";
import type { Standing } from "#churn/population.ts";
import type { FeatureRow, FeatureSet } from "./feature-store.ts";

/**
 * Tells of a set's rows where their users stand under a churn definition. Undefined where the set does not know that
 * definition: then the next run of features computes it.
 */
export function standingsUnder(
  churn: ChurnDefinition,
  { populations }: Pick<FeatureSet, "populations">,
): ((row: Pick<FeatureRow, "lapsed">) => Standing) | undefined {
  const index = populations.findIndex((population) => isSameOutcome(population, churn));
  if (index < 0) return undefined;
  return ({ lapsed }) => {
    const since = lapsed[index] ?? null;
    return since === null ? here : { state: "lapsed", since };
  };
}

const here: Standing = { state: "here" };
