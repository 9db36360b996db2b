import { formatDay } from "#churn/day.ts";
import type { Risk } from "#churn/score.ts";
import type { Outcome } from "./predict.ts";

/** One of the V1 `predictions`. */
export type Prediction = { readonly user_id?: string } & (
  | { readonly state: "here"; readonly probability: number; readonly risk: Risk; readonly model_version: string }
  | { readonly state: "lapsed"; readonly lapsed_since?: string; readonly model_version: string }
  | { readonly error: string }
);

/** What the V1 protocol tells of each outcome. */
export function predictionsOf(outcomes: readonly Outcome[], version: string): readonly Prediction[] {
  return outcomes.map((outcome): Prediction => {
    const label = outcome.userId === undefined ? {} : { user_id: outcome.userId };
    if ("probability" in outcome) {
      const { probability, risk } = outcome;
      return { ...label, state: "here", probability, risk, model_version: version };
    }
    if ("error" in outcome) return { ...label, error: outcome.error };
    const since = outcome.since === undefined ? {} : { lapsed_since: formatDay(outcome.since) };
    return { ...label, state: "lapsed", ...since, model_version: version };
  });
}
