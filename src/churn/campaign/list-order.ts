import { valueAtRisk } from "../list/listed-user.ts";
import { type Economics, gainOf, type Prospect } from "./how-many.ts";

/** What a list to contact is the highest of: whom it takes first, and in which order it is read. */
export type ListOrder = Ranking | ByProfit;

export const rankings = ["probability", "value-at-risk"] as const;
export type Ranking = (typeof rankings)[number];

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
export function orderName(order: ListOrder): string {
  return typeof order === "string" ? order : "profit of a contact";
}

/** A user with a probability of leaving as one whom it may pay to contact. */
export function prospectOf(
  { probability, value }: { readonly probability: number; readonly value?: number | undefined },
  { each, windows }: Worth,
): Prospect {
  return { probability, value: each ?? windows * (value ?? 0) };
}

/** A user of a list, as they were when it was made. What was not known of them is undefined. */
export interface Listed {
  readonly userId: string;
  /** Of leaving, 0 … 1. */
  readonly probability?: number | undefined;
  /** What the user was worth in a churn window, on average before. */
  readonly value?: number | undefined;
}

/**
 * Sorts those first of whom the list is the highest; those who are alike in that by probability, and then by id, so that the order does not
 * depend on how they came. Who has no score comes last.
 */
export function inListOrder<User extends Listed>(users: readonly User[], order: ListOrder): User[] {
  const ranked = users.map((user) => ({ user, rank: rankOf(user, order), probability: user.probability ?? -1 }));
  ranked.sort((a, b) => b.rank - a.rank || b.probability - a.probability || (a.user.userId < b.user.userId ? -1 : 1));
  return ranked.map(({ user }) => user);
}

/** Finite, as the difference of infinities is no order. */
function rankOf({ probability, value }: Listed, order: ListOrder): number {
  if (probability === undefined) return -Number.MAX_VALUE;
  if (order === "probability") return probability;
  if (order === "value-at-risk") return valueAtRisk({ probability, value }) ?? -Number.MAX_VALUE;
  return gainOf(prospectOf({ probability, value }, order.worth), order.economics);
}
