import { inListOrder, type ListOrder, type Ranking } from "#churn/campaign/list-order.ts";
import type { UserList } from "#stores/users/user-list.ts";
import type { AudienceFilter } from "../audience/audience-filter.ts";
import { selectAudience } from "../audience/select-audience.ts";
import type { Candidate } from "../create-campaign.ts";

/**
 * Streams the users that a filter chooses. By what a contact is worth, all of them are sorted in memory. Throws InvalidInput if
 * the filter needs what is not known of any user.
 */
export async function* candidates(
  filter: AudienceFilter,
  order: ListOrder,
  users: Pick<UserList, "page" | "stream">,
): AsyncGenerator<Candidate> {
  if (typeof order === "string") {
    yield* ranked(filter, order, users);
    return;
  }
  const all: Candidate[] = [];
  for await (const candidate of ranked(filter, "probability", users)) all.push(candidate);
  yield* inListOrder(all, order);
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
