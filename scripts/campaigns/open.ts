import * as z from "zod";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import type { Recorder } from "#stores/audit/recorder.ts";
import type { CampaignStore, StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { actorSetting, commandRecorder } from "../audit/record-act.ts";
import type { Call } from "../call/call.ts";
import { actorOf } from "../terminal/actor.ts";

export const settings = withStoreRules(z.object({ ...actorSetting, ...storeSettings }));

/** Runs a command on the stores that the settings name, and closes them. What changes something is done by way of `record`. */
export async function withStores(
  call: Call,
  run: (stores: StoreOpener, record: Recorder) => Promise<void>,
): Promise<void> {
  const config = parseConfig(settings, call.environment);
  const stores = call.stores(config);
  const record: Recorder = async (...act) => commandRecorder(await stores.audit(), actorOf(config, call.user))(...act);
  try {
    await run(stores, record);
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
