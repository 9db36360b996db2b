import { fnv1a, uniform } from "../hash.ts";
import type { Arm } from "./campaign.ts";

/**
 * The arm of a user, by a hash of campaign and user: the same whenever and wherever it is asked for, and independent of
 * everything about the user and of other campaigns.
 */
export function armOf(campaignId: string, userId: string, controlShare: number): Arm {
  return uniform(fnv1a(`${campaignId}\0${userId}`)) < controlShare ? "control" : "treatment";
}
