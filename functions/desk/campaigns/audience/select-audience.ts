import type { Ranking } from "#churn/campaign/list-order.ts";
import { InvalidInput } from "#churn/failure.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { UserFilter, UserList, UserOrder } from "#stores/users/user-list.ts";
import type { AudienceFilter } from "./audience-filter.ts";

/** A user of an audience: one who is here, and so has a probability of leaving. */
export interface Member extends ListedUser {
  readonly probability: number;
}

/**
 * Streams the users that a filter chooses from the list of all users, in bounded memory. Throws InvalidInput if the filter
 * or the order needs the value of users, and it is not known of any who is here.
 */
export async function* selectAudience(
  filter: AudienceFilter,
  sort: Ranking,
  users: Pick<UserList, "page" | "stream">,
): AsyncGenerator<Member> {
  let isFirst = true;
  for await (const user of users.stream(inList(filter), orders[sort])) {
    // Whose value is not known comes last.
    if (isFirst && sort === "value-at-risk" && user.value === undefined) throw unknownValue();
    isFirst = false;
    if (user.probability !== undefined) yield { ...user, probability: user.probability };
  }
  if (isFirst) await requireKnownValue(filter, users);
}

/** The users of an audience in the list of all users. */
export function inList({ state, ...bounds }: AudienceFilter): UserFilter {
  return { ...bounds, state: state === "at-risk" ? "at_risk" : state };
}

/** Throws InvalidInput if a filter that chooses no one needs the value of users, and it is not known of any who is here. */
export async function requireKnownValue(filter: AudienceFilter, users: Pick<UserList, "page">): Promise<void> {
  const needsValue = filter.minValue !== undefined || filter.maxValue !== undefined;
  if (needsValue && !(await isValueKnown(users))) throw unknownValue();
}

const orders: Readonly<Record<Ranking, UserOrder>> = { probability: "probability", "value-at-risk": "value_at_risk" };

/** Also true if there is no one to know it of. */
async function isValueKnown(users: Pick<UserList, "page">): Promise<boolean> {
  const { users: found } = await users.page({ filter: { state: "here" }, order: "value", limit: 1 });
  return found.every(({ value }) => value !== undefined);
}

function unknownValue(): InvalidInput {
  return new InvalidInput(
    "The value of users is not known: the actions carry none, or users have not been scored yet.",
  );
}
