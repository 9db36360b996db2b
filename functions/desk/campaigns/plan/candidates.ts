import { type Economics, gainOf, type Prospect } from "#churn/campaign/how-many.ts";
import type { UserList } from "#stores/users/user-list.ts";
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

/** What a list is the highest of, in words. */
export function orderName(order: Ranking | ByProfit): string {
  return typeof order === "string" ? order : "profit of a contact";
}

/**
 * Streams the users that a filter chooses. By what a contact is worth, all of them are sorted in memory. Throws InvalidInput if
 * the filter needs what is not known of any user.
 */
export async function* candidates(
  filter: AudienceFilter,
  order: Ranking | ByProfit,
  users: Pick<UserList, "page" | "stream">,
): AsyncGenerator<Candidate> {
  if (typeof order === "string") {
    yield* ranked(filter, order, users);
    return;
  }
  const all: { candidate: Candidate; gain: number }[] = [];
  for await (const candidate of ranked(filter, "probability", users))
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
  users: Pick<UserList, "page" | "stream">,
): AsyncGenerator<Candidate> {
  for await (const member of selectAudience(filter, order, users)) {
    // Without the reasons, as all of them may be held in memory.
    const { userId, probability, value, silence, tenure, activeDays } = member;
    yield { userId, probability, value, silence, tenure, activeDays };
  }
}
