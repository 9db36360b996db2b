import { Failure } from "#churn/failure.ts";
import { StoreDamaged } from "../failures.ts";

export class CampaignExists extends Failure {
  override readonly name = "CampaignExists";
  override readonly kind = "conflict";

  constructor(campaignId: string) {
    super(`There is a campaign ${campaignId} already: choose another name, or remove that one.`);
  }
}

/** Users of a campaign were taken by others while it was created. */
export class UsersTaken extends Failure {
  override readonly name = "UsersTaken";
  override readonly kind = "conflict";

  constructor(campaignId: string, { users, campaigns }: Taken) {
    super(
      `Cannot freeze ${campaignId}: ${users.toLocaleString("en")} of its users were taken meanwhile by ${campaigns.join(", ")}. Create it again: they are left out then. If it is refused again, the creation of a campaign named here was interrupted: remove that one.`,
    );
  }
}

/** How many users were taken, and by which campaigns. */
export interface Taken {
  readonly users: number;
  readonly campaigns: readonly string[];
}

export class CampaignNotFound extends Failure {
  override readonly name = "CampaignNotFound";
  override readonly kind = "not-found";

  constructor(campaignId: string) {
    super(`There is no campaign ${campaignId}.`);
  }
}

/** A campaign that cannot be read must not pass for absent. */
export function damagedCampaign(campaignId: string, cause: unknown): StoreDamaged {
  return new StoreDamaged(
    `The campaign ${campaignId} cannot be read: what is stored of it is damaged. Restore the data from a backup, or remove the campaign.`,
    { cause },
  );
}

/** Who is in a campaign must be known of everybody, or training learns from what was done to them, and others take them. */
export function namelessAssignment(campaignId: string): StoreDamaged {
  return new StoreDamaged(
    `Could not read the campaign ${campaignId}: the id of one of its users is missing. Restore the data from a backup, or remove the campaign.`,
  );
}
