import { Failure } from "#churn/failure.ts";

export class CampaignExists extends Failure {
  override readonly name = "CampaignExists";
  override readonly kind = "conflict";

  constructor(campaignId: string) {
    super(`There is a campaign ${campaignId} already: choose another name, or remove that one.`);
  }
}

export class CampaignNotFound extends Failure {
  override readonly name = "CampaignNotFound";
  override readonly kind = "not-found";

  constructor(campaignId: string) {
    super(`There is no campaign ${campaignId}.`);
  }
}
