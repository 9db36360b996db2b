import { formatDay } from "#churn/day.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { explainer, type Reasons } from "#churn/reasons/reasons.ts";
import type { Reason, Risk } from "#churn/score.ts";
import { onceFor } from "./once-for.ts";
import type { Outcome, Predicted } from "./predict.ts";

/** One of the V1 `explanations`. */
export type Explanation = { readonly user_id?: string } & (Explained | Lapsed | { readonly error: string });

interface Lapsed {
  readonly state: "lapsed";
  /** ISO date. */
  readonly lapsed_since?: string;
  readonly model_version: string;
}

export interface Explained {
  readonly state: "here";
  readonly probability: number;
  readonly risk: Risk;
  readonly model_version: string;
  /** The probability of the typical user, with whom the reasons compare. */
  readonly baseline: number;
  /** Those groups of features that move the log-odds most, either way; largest contribution towards churn first. */
  readonly reasons: readonly Reason[];
  /** What all further groups together add: logit(probability) = logit(baseline) + all contributions. */
  readonly other_contributions: number;
}

/** Explains each outcome with `count` reasons; a user who has lapsed is told as such, and a refused one keeps its error. */
export function explanationsOf(outcomes: readonly Outcome[], manifest: ModelManifest, count: number): Explanation[] {
  const baseline = probabilityOf(manifest.parameters, manifest.typical);
  const { explain } = explainerOf(manifest);
  return outcomes.map((outcome): Explanation => {
    const label = outcome.userId === undefined ? {} : { user_id: outcome.userId };
    if ("error" in outcome) return { ...label, error: outcome.error };
    if ("state" in outcome) {
      const since = outcome.since === undefined ? {} : { lapsed_since: formatDay(outcome.since) };
      return { ...label, state: "lapsed", ...since, model_version: manifest.version };
    }
    return { ...label, ...explained(outcome, explain(outcome.values), manifest, baseline, count) };
  });
}

const explainerOf = onceFor(explainer);

function explained(
  prediction: Predicted,
  { told, untold }: Reasons,
  manifest: ModelManifest,
  baseline: number,
  count: number,
): Explained {
  const strongest = new Set(
    told.toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).slice(0, count),
  );
  const others = told.filter((reason) => !strongest.has(reason));
  return {
    state: "here",
    probability: prediction.probability,
    risk: prediction.risk,
    model_version: manifest.version,
    baseline,
    reasons: told.filter((reason) => strongest.has(reason)),
    other_contributions: others.reduce((sum, { contribution }) => sum + contribution, untold),
  };
}
