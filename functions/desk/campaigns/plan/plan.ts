import { type Economics, type HowMany, howManyToContact, type Prospect } from "#churn/campaign/how-many.ts";
import { prospectOf, type Ranking, type Worth } from "#churn/campaign/list-order.ts";
import type { Suppression } from "#churn/campaign/suppress.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { UserList } from "#stores/users/user-list.ts";
import type { AudienceFilter } from "../audience/audience-filter.ts";
import { describeSuppressed, freeToContact, type Rest, type SuppressionServices } from "../free-to-contact.ts";
import { candidates, unordered } from "./candidates.ts";

export interface PlanRequest extends Rest {
  readonly filter: AudienceFilter;
  readonly economics: Economics;
  readonly worth: Worth;
  /** Reckons with the first `top` of this order only; with all by default. */
  readonly order?: Ranking | undefined;
  readonly top?: number | undefined;
}

export interface Plan extends HowMany {
  /** How many may be contacted. */
  readonly users: number;
  /** How many users fit but are left out, and why. */
  readonly suppressed: ReadonlyMap<Suppression, number>;
}

/**
 * How many to contact of the users that a filter chooses and a campaign may take. Throws InvalidInput if there are none, or
 * nothing says what they are worth.
 */
export async function planOf(
  { filter, economics, worth, order = "probability", top = Number.POSITIVE_INFINITY, ...rest }: PlanRequest,
  { users, ...services }: SuppressionServices & { readonly users: Pick<UserList, "page" | "stream" | "candidates"> },
): Promise<Plan> {
  const prospects: Prospect[] = [];
  const suppressed = new Map<Suppression, number>();
  let hasValue = worth.each !== undefined;
  const all = Number.isFinite(top) ? candidates(filter, order, users) : unordered(filter, users);
  for await (const free of freeToContact(all, rest, services, suppressed)) {
    for (const candidate of free.slice(0, top - prospects.length)) {
      hasValue ||= candidate.value !== undefined && candidate.value !== 0;
      prospects.push(prospectOf(candidate, worth));
    }
    if (prospects.length >= top) break;
  }
  if (prospects.length === 0) throw new InvalidInput(noneToPlan(suppressed));
  if (!hasValue) throw new InvalidInput("The actions carry no values: say what a user who stays is worth.");
  return { ...howManyToContact(prospects, economics), users: prospects.length, suppressed };
}

function noneToPlan(suppressed: ReadonlyMap<Suppression, number>): string {
  return suppressed.size === 0
    ? "No user has a score that fits: choose fewer conditions, or the state “here”."
    : `No user may be contacted: all that fit are left out (${describeSuppressed(suppressed)}).`;
}
