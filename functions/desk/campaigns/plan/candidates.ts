import type { Candidate } from "#churn/campaign/candidate.ts";
import { type Economics, gainOf, type Prospect } from "#churn/campaign/how-many.ts";
import { inChunks } from "#stores/in-chunks.ts";
import { candidatesAtOnce, type UserList } from "#stores/users/user-list.ts";
import type { AudienceFilter, Ranking } from "../audience/audience-filter.ts";
import { inList, requireKnownValue, selectAudience } from "../audience/select-audience.ts";

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

/** What a list is the highest of, in words. */
export function orderName(order: Ranking | ByProfit): string {
  return typeof order === "string" ? order : "profit of a contact";
}

/**
 * Streams the users that a filter chooses, in arrays. By what a contact is worth, all of them are sorted in memory. Throws InvalidInput
 * if the filter needs what is not known of any user.
 */
export async function* candidates(
  filter: AudienceFilter,
  order: Ranking | ByProfit,
  users: Pick<UserList, "page" | "stream" | "candidates">,
): AsyncGenerator<readonly Candidate[]> {
  if (typeof order === "string") {
    yield* inChunks(ranked(filter, order, users), candidatesAtOnce);
    return;
  }
  const all: Ranked[] = [];
  for await (const some of unordered(filter, users))
    for (const candidate of some)
      all.push({ candidate, gain: gainOf(prospectOf(candidate, order.worth), order.economics) });
  all.sort(byGain);
  for (let from = 0; from < all.length; from += candidatesAtOnce)
    yield all.slice(from, from + candidatesAtOnce).map(({ candidate }) => candidate);
}

interface Ranked {
  readonly candidate: Candidate;
  readonly gain: number;
}

/** Whom it pays as much to contact, as where nothing is known of what they are worth, by probability; and so that the order is one. */
function byGain(a: Ranked, b: Ranked): number {
  const [one, other] = [a.candidate, b.candidate];
  return b.gain - a.gain || other.probability - one.probability || (one.userId < other.userId ? -1 : 1);
}

/** The same users in any order, which takes a small part of the time. */
export async function* unordered(
  filter: AudienceFilter,
  users: Pick<UserList, "page" | "candidates">,
): AsyncGenerator<readonly Candidate[]> {
  let isNone = true;
  for await (const some of users.candidates(inList(filter))) {
    isNone = false;
    yield some;
  }
  if (isNone) await requireKnownValue(filter, users);
}

/** A candidate as what it may pay to contact. */
export function prospectOf({ probability, value }: Candidate, { each, windows }: Worth): Prospect {
  return { probability, value: each ?? windows * (value ?? 0) };
}

async function* ranked(
  filter: AudienceFilter,
  order: Ranking,
  users: Pick<UserList, "page" | "stream">,
): AsyncGenerator<Candidate> {
  for await (const member of selectAudience(filter, order, users)) {
    // Without the reasons, as all of them may be held in memory.
    const { userId, probability, value, silence, tenure, activeDays } = member;
    yield { userId, probability, value, silence, tenure, activeDays };
  }
}
