import { fnv1a, uniform } from "../hash.ts";
import type { Arm } from "./campaign.ts";

/**
 * The arm of a user, by a hash of campaign and user: the same whenever and wherever it is asked for, and independent of
 * everything about the user and of other campaigns.
 */
export function armOf(campaignId: string, userId: string, controlShare: number): Arm {
  return uniform(fnv1a(`${campaignId}\0${userId}`)) < controlShare ? "control" : "treatment";
}

/** The fewest users of whom, in about 99 of 100 campaigns, at least one is in each arm. */
export function fewestUsers(controlShare: number): number {
  return Math.ceil(Math.log(mayFail) / Math.log(1 - Math.min(controlShare, 1 - controlShare)));
}

/**
 * The least capacity with which, in about 99 of 100 campaigns, a list has a control group: it ends only before the user who
 * would be one contact too many.
 */
export function fewestContacts(controlShare: number): number {
  return Math.max(1, Math.ceil(Math.log(mayFail) / Math.log(1 - controlShare)) - 1);
}

/** The least control share with which that holds for `users` users; undefined if there is none, as they are too few. */
export function leastShare(users: number): number | undefined {
  const share = 1 - mayFail ** (1 / users);
  return share <= 0.5 ? share : undefined;
}

/** The share of campaigns in which an arm may be empty by chance. */
const mayFail = 0.01;
