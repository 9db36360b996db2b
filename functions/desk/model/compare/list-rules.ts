import type { ModelManifest } from "#churn/model/manifest.ts";
import { type RiskRule, riskRule } from "#churn/risk-rule.ts";
import { riskCosts, type SetCosts } from "#runtime/cost-settings.ts";
import { knownRate } from "#stores/campaigns/known-rate.ts";
import type { Stores } from "#stores/open-stores.ts";

/** By what each of two versions would call users at risk, had it made the list. */
export interface ListRules {
  readonly a: RiskRule;
  readonly b: RiskRule;
}

/** The users who are here, with the probabilities of both versions; `value` is undefined where it is not known. */
interface Compared {
  readonly a: number;
  readonly b: number;
  readonly value: number | undefined;
}

/** As a scoring of today would plan them, from the users who are compared: `share` of all who are here. */
export async function listRules(
  versions: { readonly a: Pick<ModelManifest, "thresholds">; readonly b: Pick<ModelManifest, "thresholds"> },
  users: readonly Compared[],
  share: number,
  costs: SetCosts,
  campaigns: Pick<Stores["campaigns"], "campaigns">,
): Promise<ListRules> {
  const sum = users.reduce((total, { value = 0 }) => total + value, 0);
  const { rate } = await knownRate(campaigns, costs.saveRate);
  const set = riskCosts(costs, rate, users.length === 0 ? 0 : sum / users.length);
  const ruleOf = (of: "a" | "b") =>
    riskRule(versions[of].thresholds, set, { probabilities: users.map((user) => user[of]), share });
  return { a: ruleOf("a"), b: ruleOf("b") };
}
