import type { CampaignResult } from "#churn/campaign/result.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import { resultOf } from "#stores/campaigns/measure-campaign.ts";
import { type ContactCounts, countContacts } from "../count-contacts.ts";
import type { CampaignsServices } from "../services.ts";

/** What is known of one campaign. */
export interface CampaignView {
  readonly campaign: StoredCampaign;
  readonly result: CampaignResult;
  readonly contacts: ContactCounts;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Who may only read looks at it too, so that looking records no result: the monitor does. Throws CampaignNotFound. */
export async function campaignView(
  id: string,
  services: Pick<CampaignsServices, "actions" | "features" | "campaigns" | "contacts" | "now">,
): Promise<CampaignView> {
  const { campaigns, contacts, now } = services;
  const campaign = await requireCampaign(id, services);
  const [result, counts] = await Promise.all([resultOf(campaign, services), countContacts(id, campaigns, contacts)]);
  // The state tells of a final result that is still to be recorded, too.
  const measured = result.isFinal ? { ...campaign, result } : campaign;
  return { campaign: measured, result, contacts: counts, now: now() };
}

/** Throws CampaignNotFound, also for a campaign whose creation was interrupted. */
export async function requireCampaign(
  id: string,
  { campaigns }: Pick<CampaignsServices, "campaigns">,
): Promise<StoredCampaign> {
  const campaign = await campaigns.campaign(id);
  if (campaign === undefined || !campaign.isFrozen) throw new CampaignNotFound(id);
  return campaign;
}
