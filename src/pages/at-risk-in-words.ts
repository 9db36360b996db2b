import type { RiskRule } from "#churn/risk-rule.ts";
import { formatPercent } from "./format.ts";

/** What value at risk is. */
export const valueAtRiskIs = "what each was worth in a churn window lately, times the probability that they leave";

/** Whom the list calls at risk, and why, in a sentence. */
export function atRiskInWords({ thresholds: { high }, by }: RiskRule): string {
  const from = `Users are at risk from a probability of ${formatPercent(high)}`;
  switch (by) {
    case "tenth":
      return `${from}, which the riskiest tenth reached when the model was trained. No costs are set.`;
    case "no-values":
      return `${from}, which the riskiest tenth reached when the model was trained. Costs are set, but the actions carry no values: USER_WORTH says what a user is worth.`;
    case "costs":
      if (high > 1)
        return "No one is at risk: at the costs that are set, contacting a user of average value pays for no one.";
      if (high === 0) return "All who are here are at risk: at the costs that are set, contacting anyone pays.";
      return `${from}: from there on, contacting a user of average value pays, at the costs that are set.`;
    case "capacity":
      if (high > 1) return "No one is at risk: more users are equally likely to leave than can be contacted.";
      return `${from}: as many reach it as can be contacted.`;
  }
}
