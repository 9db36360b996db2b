import type { Candidate } from "#churn/campaign/candidate.ts";
import { inListOrder, type ListOrder, type Ranking } from "#churn/campaign/list-order.ts";
import { inChunks } from "#stores/in-chunks.ts";
import { candidatesAtOnce, type UserList } from "#stores/users/user-list.ts";
import type { AudienceFilter } from "../audience/audience-filter.ts";
import { inList, requireKnownValue, selectAudience } from "../audience/select-audience.ts";

/**
 * Streams the users that a filter chooses, in arrays. By what a contact is worth, all of them are sorted in memory. Throws InvalidInput
 * if the filter needs what is not known of any user.
 */
export async function* candidates(
  filter: AudienceFilter,
  order: ListOrder,
  users: Pick<UserList, "page" | "stream" | "candidates">,
): AsyncGenerator<readonly Candidate[]> {
  if (typeof order === "string") {
    yield* inChunks(ranked(filter, order, users), candidatesAtOnce);
    return;
  }
  const all: Candidate[] = [];
  for await (const some of unordered(filter, users)) for (const candidate of some) all.push(candidate);
  const sorted = inListOrder(all, order);
  for (let from = 0; from < sorted.length; from += candidatesAtOnce) yield sorted.slice(from, from + candidatesAtOnce);
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
