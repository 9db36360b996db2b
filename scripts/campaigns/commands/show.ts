import type { Command } from "commander";
import { countContacts } from "#functions/desk/campaigns/count-contacts.ts";
import { measureCampaign } from "#stores/campaigns/measure-campaign.ts";
import type { Call } from "../../call/call.ts";
import { describeResult } from "../describe-result.ts";
import { requireCampaign, withStores } from "../open.ts";

export function showCommand(command: Command, call: Call): void {
  command
    .argument("<id>")
    .description("who left in each arm, the difference with its interval, users and value kept, and the cost")
    .option("--json", "the same for programs")
    .action((id: string, { json }: { readonly json?: boolean }) =>
      withStores(call, async (stores) => {
        const campaigns = await stores.campaignStore();
        const campaign = await requireCampaign(id, campaigns);
        const services = {
          actions: await stores.actionStore(),
          features: await stores.featureStore(),
          campaigns,
          now: Date.now,
        };
        const result = await measureCampaign(campaign, services);
        const contacts = await countContacts(id, campaigns, await stores.contactStore());
        const { result: _, ...definition } = campaign;
        call.print(
          json
            ? JSON.stringify({ campaign: definition, result, contacts }, null, 2)
            : describeResult(campaign, result, contacts),
        );
      }),
    );
}
