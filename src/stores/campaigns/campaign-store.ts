import type { Arm, ArmSizes, Assignment, Campaign } from "#churn/campaign/campaign.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import type { Suppression } from "#churn/campaign/suppress.ts";
import type { Day } from "#churn/day.ts";

/** Campaigns, and who was assigned to which arm of them: docs/decisions/campaigns.md. */
export interface CampaignStore {
  /** Adds a campaign, to which nobody is assigned yet. Throws CampaignExists if there is one with this id. */
  create(campaign: Campaign): Promise<void>;

  /**
   * Assigns users to a campaign that was created and is not frozen. A user who is assigned already stays as they are, so
   * that a batch may be sent again. Throws StoreUnavailable if some may be missing, and all must be sent again.
   */
  assign(campaign: Campaign, assignments: readonly Assignment[]): Promise<void>;

  /**
   * Ends the assignment: from here on the campaign counts, and no one is added. Returns it with the sizes of its arms,
   * who was left out of it, and whether the capacity ended it. Safe to repeat. Throws CampaignNotFound.
   */
  freeze(campaignId: string, leftOut?: LeftOut, isCapped?: boolean): Promise<StoredCampaign>;

  /**
   * Does the same for a campaign that must have its users to itself. Of several that take the same users at the same time,
   * one is frozen: the others throw UsersTaken, and are not frozen. A user is taken if the window of another campaign is open
   * when this one starts.
   */
  freezeAlone(campaignId: string, leftOut?: LeftOut, isCapped?: boolean): Promise<StoredCampaign>;

  /** Every campaign, the one created last first. */
  campaigns(): Promise<readonly StoredCampaign[]>;

  /** Undefined if there is none with this id. */
  campaign(campaignId: string): Promise<StoredCampaign | undefined>;

  /** Streams who was assigned, of one arm or of both, by bucket and the bytes of the user id. */
  assignments(campaignId: string, arm?: Arm): AsyncIterable<Assignment>;

  /** The assignments of these users to campaigns that are frozen; users without any are left out. */
  assignmentsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly CampaignAssignment[]>>;

  /**
   * Streams the assignments to frozen campaigns whose windows reach into a range of time, by bucket, the bytes of the
   * user id, and the campaign: in the order of ActionStore.histories.
   */
  overlapping(range: TimeRange): AsyncIterable<CampaignAssignment>;

  /** Keeps the result of a campaign that has ended, for when its assignments are gone. Throws CampaignNotFound. */
  recordResult(campaignId: string, result: CampaignResult): Promise<void>;

  /** Deletes a campaign and its assignments. Returns how many there were; undefined if there was no campaign. */
  remove(campaignId: string): Promise<number | undefined>;

  /** Deletes the assignments of these users. Returns how many there were. */
  erase(userIds: readonly string[]): Promise<number>;

  /**
   * Deletes the assignments of campaigns whose last window closed in a UTC month before the month of `day`. The campaigns
   * stay, with the results that were recorded. Returns how many there were.
   */
  dropMonthsBefore(day: Day): Promise<number>;

  close(): Promise<void>;
}

export interface StoredCampaign extends Campaign {
  /** Whether everyone is assigned. A campaign that is not frozen was interrupted, and counts for nothing. */
  readonly isFrozen: boolean;
  /** How many were assigned when it was frozen; 0 before. */
  readonly sizes: ArmSizes;
  /** Undefined where it was not recorded. */
  readonly leftOut?: LeftOut | undefined;
  /** Whether the list ended because one more could not be contacted; undefined where it was not recorded. */
  readonly isCapped?: boolean | undefined;
  readonly result?: CampaignResult | undefined;
}

/** How many users were left out of an audience, by the reason. */
export type LeftOut = Readonly<Partial<Record<Suppression, number>>>;

/** One assignment of one user. */
export interface CampaignAssignment {
  readonly campaignId: string;
  readonly userId: string;
  readonly arm: Arm;
  /** In milliseconds since the epoch. */
  readonly assignedAt: number;
  /** When the user's window closes; see windowEnd. */
  readonly closesAt: number;
}

/** In milliseconds since the epoch. */
export interface TimeRange {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly before: number;
}
