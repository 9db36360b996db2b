import type { ListedUser } from "#churn/list/listed-user.ts";
import { noMeasures } from "#churn/list/measures.ts";

/** A user on the list who is here at little risk, but for what is given. */
export function listedUser(userId: string, more: Partial<ListedUser> = {}): ListedUser {
  return {
    ...noMeasures,
    userId,
    snapshot: 20_454,
    modelVersion: "v1",
    state: "here",
    lapsedSince: undefined,
    probability: 0.125,
    risk: "low",
    reasons: [],
    typicalGap: undefined,
    ...more,
  };
}
