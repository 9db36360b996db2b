import type { Command } from "commander";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import { withStores } from "../open.ts";

export function removeCommand(command: Command): void {
  command
    .argument("<id>")
    .description("deletes a campaign, its assignments and its result, such as one that was created by mistake")
    .action((id: string) =>
      withStores(async (stores) => {
        const removed = await (await stores.campaignStore()).remove(id);
        if (removed === undefined) throw new CampaignNotFound(id);
        console.log(`Removed ${id} and ${removed.toLocaleString("en")} assignments.`);
      }),
    );
}
