import type { Command } from "commander";
import { endOf } from "#churn/campaign/campaign.ts";
import { overAll } from "#churn/campaign/over-all.ts";
import { calledAs } from "#runtime/called-as.ts";
import { endedOf } from "#stores/campaigns/known-rate.ts";
import { measureCampaign } from "#stores/campaigns/measure-campaign.ts";
import type { Call } from "../../call/call.ts";
import { describeCampaigns, describeOverAll } from "../describe-list.ts";
import { withStores } from "../open.ts";

export function listCommand(command: Command, call: Call): void {
  command
    .description("every campaign, the latest first, and what all of them did together by month (default)")
    .action(() =>
      withStores(call, async (stores) => {
        const campaigns = await stores.campaignStore();
        const services = {
          actions: await stores.actionStore(),
          features: await stores.featureStore(),
          campaigns,
          now: Date.now,
        };
        // Those that have ended since are measured once, and recorded.
        for (const campaign of await campaigns.campaigns())
          if (campaign.isFrozen && campaign.result === undefined && endOf(campaign) <= Date.now())
            await measureCampaign(campaign, services);
        const all = await campaigns.campaigns();
        call.print(describeCampaigns(all, Date.now(), calledAs(call.environment)));
        const ended = endedOf(all);
        if (ended.length > 0) call.print(`\n${describeOverAll(overAll(ended))}`);
      }),
    );
}
