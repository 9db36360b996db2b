import { type Economics, type HowMany, howManyToContact, type Prospect } from "#churn/campaign/how-many.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { UserList } from "#stores/users/user-list.ts";
import type { AudienceFilter, Ranking } from "../audience/audience-filter.ts";
import { candidates, prospectOf, type Worth } from "./candidates.ts";

export interface PlanRequest {
  readonly filter: AudienceFilter;
  readonly economics: Economics;
  readonly worth: Worth;
  /** Reckons with the first `top` of this order only. */
  readonly order?: Ranking | undefined;
  readonly top?: number | undefined;
}

/** How many to contact of the users that a filter chooses. Throws InvalidInput if there are none, or nothing says what they are worth. */
export async function planOf(
  { filter, economics, worth, order = "probability", top }: PlanRequest,
  users: Pick<UserList, "page" | "stream">,
): Promise<HowMany & { readonly users: number }> {
  const prospects: Prospect[] = [];
  let hasValue = worth.each !== undefined;
  for await (const candidate of candidates(filter, order, users)) {
    hasValue ||= candidate.value !== undefined && candidate.value !== 0;
    prospects.push(prospectOf(candidate, worth));
    if (prospects.length === top) break;
  }
  if (prospects.length === 0)
    throw new InvalidInput("No user has a score that fits: choose fewer conditions, or the state “here”.");
  if (!hasValue) throw new InvalidInput("The actions carry no values: say what a user who stays is worth.");
  return { ...howManyToContact(prospects, economics), users: prospects.length };
}
