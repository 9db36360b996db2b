import * as z from "zod";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { CampaignStore, StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import type { Call } from "../call/call.ts";

export const settings = withStoreRules(z.object(storeSettings));

/** Runs a command on the stores that the settings name, and closes them. */
export async function withStores(call: Call, run: (stores: StoreOpener) => Promise<void>): Promise<void> {
  const stores = call.stores(parseConfig(settings, call.environment));
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
