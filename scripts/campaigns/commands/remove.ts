import type { Command } from "commander";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import type { Call } from "../../call/call.ts";
import { withStores } from "../open.ts";

export function removeCommand(command: Command, call: Call): void {
  command
    .argument("<id>")
    .description("deletes a campaign, its assignments and its result, such as one that was created by mistake")
    .action((id: string) =>
      withStores(call, async (stores, record) => {
        const campaigns = await stores.campaignStore();
        // An interrupted creation is removed too, which `requireCampaign` does not find.
        if ((await campaigns.campaign(id)) === undefined) throw new CampaignNotFound(id);
        const removed = await record(
          { action: "campaign.removed", target: id },
          () => campaigns.remove(id),
          (assignments) => ({ details: { assignments: assignments ?? 0 } }),
        );
        if (removed === undefined) throw new CampaignNotFound(id);
        call.print(`Removed ${id} and ${removed.toLocaleString("en")} assignments.`);
      }),
    );
}
