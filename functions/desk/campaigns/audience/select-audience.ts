import { InvalidInput } from "#churn/failure.ts";
import { groupOf } from "#churn/features/feature-group.ts";
import type { Score } from "#churn/score.ts";
import type { FeatureStore, StoredFeatures } from "#stores/features/feature-store.ts";
import type { AudienceFilter, Ranking } from "./audience-filter.ts";

/** A user of an audience. What is not among the features is undefined. */
export interface Member {
  readonly score: Score;
  /** The sum of values in a churn window, on average over as long as features look back and the user is there. */
  readonly value: number | undefined;
  /** Days since the last action, and since the first. */
  readonly silence: number | undefined;
  readonly tenure: number | undefined;
  /** Days with an action in as long as features look back. */
  readonly activeDays: number | undefined;
}

/**
 * Streams the users that a filter chooses, with the latest score of each. By probability, memory is bounded; by value at
 * risk, all that are chosen are sorted in memory. Throws InvalidInput if the filter needs what is not known of any user.
 */
export async function* selectAudience(
  filter: AudienceFilter,
  sort: Ranking,
  features: Pick<FeatureStore, "scores" | "get">,
): AsyncGenerator<Member> {
  if (sort === "probability") {
    yield* chosen(filter, features);
    return;
  }
  const members: Member[] = [];
  for await (const member of chosen(filter, features)) members.push(member);
  if (members.length > 0 && members.every(({ value }) => value === undefined)) throw unknownValue();
  yield* members.sort((a, b) => valueAtRisk(b) - valueAtRisk(a));
}

/** What is lost if the user leaves, by what they were worth lately. */
export function valueAtRisk({ score, value }: Member): number {
  return score.probability * (value ?? 0);
}

/** Users whose features are read at a time. */
const chunkSize = 1_000;

async function* chosen(filter: AudienceFilter, features: Pick<FeatureStore, "scores" | "get">): AsyncGenerator<Member> {
  let chunk: Score[] = [];
  for await (const score of features.scores()) {
    // They come by probability: none that follows is chosen.
    if (score.probability < (filter.minProbability ?? 0)) break;
    if (!isScoreChosen(score, filter)) continue;
    chunk.push(score);
    if (chunk.length < chunkSize) continue;
    yield* await membersOf(chunk, filter, features);
    chunk = [];
  }
  yield* await membersOf(chunk, filter, features);
}

function isScoreChosen(score: Score, { state, maxProbability = 1, reason }: AudienceFilter): boolean {
  if (score.probability > maxProbability) return false;
  if (state === "at-risk" && score.risk !== "high") return false;
  if (state === "slipping" && score.risk !== "medium") return false;
  return reason === undefined || score.reasons.some(({ feature }) => groupOf(feature) === reason);
}

async function membersOf(
  scores: readonly Score[],
  filter: AudienceFilter,
  features: Pick<FeatureStore, "get">,
): Promise<Member[]> {
  if (scores.length === 0) return [];
  const found = await features.get(scores.map(({ userId }) => userId));
  const members = scores.map((score) => memberOf(score, found.get(score.userId)));
  const needsValue = filter.minValue !== undefined || filter.maxValue !== undefined;
  if (needsValue && members.every(({ value }) => value === undefined)) throw unknownValue();
  return members.filter(
    ({ value, silence, tenure }) =>
      isWithin(value, filter.minValue, filter.maxValue) &&
      isWithin(silence, filter.minSilence, filter.maxSilence) &&
      isWithin(tenure, filter.minTenure, filter.maxTenure),
  );
}

function memberOf(score: Score, row: StoredFeatures | undefined): Member {
  const read = (name: string) => {
    const value = row?.values[row.set.names.indexOf(name)];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
  const { churnDays = 1, observeDays = 1 } = row?.set.definition.churn ?? {};
  const tenure = read("days_since_first");
  // Not of the last window alone: who is about to leave was worth little in it.
  const sum = read(`value_${observeDays}d`);
  const windows = Math.max(1, Math.min(observeDays, tenure ?? observeDays) / churnDays);
  return {
    score,
    value: sum === undefined ? undefined : sum / windows,
    silence: read("days_since_last"),
    tenure,
    activeDays: read(`active_days_${observeDays}d`),
  };
}

function isWithin(value: number | undefined, low: number | undefined, high: number | undefined): boolean {
  if (low === undefined && high === undefined) return true;
  return (
    value !== undefined && value >= (low ?? Number.NEGATIVE_INFINITY) && value <= (high ?? Number.POSITIVE_INFINITY)
  );
}

function unknownValue(): InvalidInput {
  return new InvalidInput("The value of users is not known: the actions carry none, or features must be run first.");
}
