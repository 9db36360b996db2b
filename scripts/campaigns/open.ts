import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { CampaignStore, StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import { StoreConnections } from "#stores/store-connections.ts";

export const settings = withStoreRules(z.object(storeSettings));

/** Runs a command on the stores that the settings name, and closes them. */
export async function withStores(run: (stores: StoreConnections) => Promise<void>): Promise<void> {
  const stores = new StoreConnections(storeOptionsOf(loadConfig(settings)), Date.now);
  try {
    await run(stores);
  } finally {
    await stores.close();
  }
}

/** Throws CampaignNotFound, also for a campaign whose creation was interrupted. */
export async function requireCampaign(id: string, campaigns: CampaignStore): Promise<StoredCampaign> {
  const campaign = await campaigns.campaign(id);
  if (campaign === undefined || !campaign.isFrozen) throw new CampaignNotFound(id);
  return campaign;
}
