import { type Economics, gainOf, type Prospect } from "#churn/campaign/how-many.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import type { AudienceFilter, Ranking } from "../audience/audience-filter.ts";
import { selectAudience } from "../audience/select-audience.ts";
import type { Candidate } from "../create-campaign.ts";

/** By what a contact of each user is worth, the most worthwhile first. */
export interface ByProfit {
  readonly economics: Economics;
  readonly worth: Worth;
}

/** What a user is worth who stays. */
export interface Worth {
  /** The same for everyone; undefined for what each was worth in a churn window, on average lately. */
  readonly each?: number | undefined;
  /** For how many churn windows a user who stays is worth as much. */
  readonly windows: number;
}

/**
 * Streams the users that a filter chooses. By what a contact is worth, all of them are sorted in memory. Throws InvalidInput if
 * the filter needs what is not known of any user.
 */
export async function* candidates(
  filter: AudienceFilter,
  order: Ranking | ByProfit,
  features: Pick<FeatureStore, "scores" | "get">,
): AsyncGenerator<Candidate> {
  if (typeof order === "string") {
    yield* ranked(filter, order, features);
    return;
  }
  const all: { candidate: Candidate; gain: number }[] = [];
  for await (const candidate of ranked(filter, "probability", features))
    all.push({ candidate, gain: gainOf(prospectOf(candidate, order.worth), order.economics) });
  for (const { candidate } of all.sort((a, b) => b.gain - a.gain)) yield candidate;
}

/** A candidate as what it may pay to contact. */
export function prospectOf({ probability, value }: Candidate, { each, windows }: Worth): Prospect {
  return { probability, value: each ?? windows * (value ?? 0) };
}

async function* ranked(
  filter: AudienceFilter,
  order: Ranking,
  features: Pick<FeatureStore, "scores" | "get">,
): AsyncGenerator<Candidate> {
  for await (const { score, ...measures } of selectAudience(filter, order, features))
    yield { userId: score.userId, probability: score.probability, ...measures };
}
