import { bucketCount } from "#churn/action.ts";
import { bucketsHolding } from "#churn/buckets.ts";
import { measuresFrom } from "#churn/list/measures.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { type RiskRule, riskRule } from "#churn/risk-rule.ts";
import { decideOnRisk, riskCosts } from "#runtime/cost-settings.ts";
import { pause } from "#runtime/pause.ts";
import { knownRate } from "#stores/campaigns/known-rate.ts";
import type { FeatureSet } from "#stores/features/feature-store.ts";
import { scorerOf } from "./scorer.ts";
import type { ScoreServices } from "./services.ts";

type RiskServices = Pick<ScoreServices, "features" | "campaigns" | "costs">;

/**
 * The thresholds of one scoring, which all its slices use. What users are worth, and how many reach a probability, is told by all users
 * of up to 20,000 who are here, and by a random sample of about as many of more. `sets` are those that hold the users' rows: two where a
 * run of features was abandoned.
 */
export async function riskOfList(
  manifest: ModelManifest,
  sets: readonly FeatureSet[],
  here: number,
  { features, campaigns, costs }: RiskServices,
): Promise<RiskRule> {
  if (!decideOnRisk(costs)) return { thresholds: manifest.thresholds, by: "tenth" };
  const sample = await sampleOf(manifest, sets, bucketsFor(here, costs.capacity), features);
  const { rate } = await knownRate(campaigns, costs.saveRate);
  return riskRule(manifest.thresholds, riskCosts(costs, rate, sample.meanValue), sample);
}

/** Users in a sample of a large set, */
const usersSampled = 20_000;
/** or more, so that it holds this many of those who can be contacted: how many it holds varies by a twentieth then, */
const contactsSampled = 400;
/** but no more than this: they are read in half a minute. */
const mostSampled = 1_000_000;

function bucketsFor(here: number, capacity: number | undefined): number {
  const wanted = capacity === undefined ? 0 : (here * contactsSampled) / Math.max(1, capacity);
  return bucketsHolding(Math.min(mostSampled, Math.max(usersSampled, wanted)), here);
}

/** Buckets are drawn by a hash of the user, so that some of them hold users by chance. */
async function sampleOf(
  manifest: ModelManifest,
  sets: readonly FeatureSet[],
  buckets: number,
  features: RiskServices["features"],
) {
  const probabilities: number[] = [];
  let sum = 0;
  for (const set of sets) {
    const { standingOf, probabilityOf } = scorerOf(manifest, set);
    const measures = measuresFrom(set.names, manifest.definition.churn);
    for await (const row of features.rows(set.id, { fromBucket: 0, beforeBucket: buckets })) {
      if (standingOf(row).state === "lapsed") continue;
      const probability = probabilityOf(row);
      // Such a user is left out of the list too, which tells who that is.
      if (Number.isNaN(probability)) continue;
      probabilities.push(probability);
      sum += measures(row.values).value ?? 0;
      if (probabilities.length % 1_000 === 0) await pause();
    }
  }
  const meanValue = probabilities.length === 0 ? 0 : sum / probabilities.length;
  return { probabilities, share: buckets / bucketCount, meanValue };
}
