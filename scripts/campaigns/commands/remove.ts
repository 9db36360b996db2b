import type { Command } from "commander";
import * as z from "zod";
import { endOf } from "#churn/campaign/campaign.ts";
import { startOf } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { formatCounted } from "#pages/format.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { withStores } from "../open.ts";

export function removeCommand(command: Command, call: Call): void {
  command
    .argument("<id>")
    .description("deletes a campaign, its assignments and its result, such as one that was created by mistake")
    .option("--force", "also where training is protected from it by its assignments: only if no one was contacted")
    .action((id: string, options: unknown) =>
      withStores(call, async (stores, record) => {
        const { force } = parseOptions(optionsSchema, options);
        const campaigns = await stores.campaignStore();
        // An interrupted creation is removed too, which `requireCampaign` does not find.
        const campaign = await campaigns.campaign(id);
        if (campaign === undefined) throw new CampaignNotFound(id);
        if (!force && (await isTrainingProtected(campaign, await stores.actionStore()))) throw stillProtects(campaign);
        const removed = await record(
          { action: "campaign.removed", target: id, details: { force } },
          () => campaigns.remove(id),
          (assignments) => ({ details: { assignments: assignments ?? 0 } }),
        );
        if (removed === undefined) throw new CampaignNotFound(id);
        call.print(`Removed ${id} and ${formatCounted(removed, "assignment")}.`);
      }),
    );
}

const optionsSchema = z.object({ force: z.boolean().default(false) });

/** Whether training, now or once the log has gone on, leaves out rows of those whom the campaign treated. */
async function isTrainingProtected(campaign: StoredCampaign, actions: Pick<ActionStore, "extent">): Promise<boolean> {
  if (!campaign.isFrozen || campaign.sizes.treatment === 0) return false;
  const extent = await actions.extent();
  return extent !== undefined && endOf(campaign) > startOf(extent.firstDay);
}

function stillProtects({ id, sizes }: StoredCampaign): InvalidInput {
  return new InvalidInput(
    `Cannot remove ${id}: its window lies in the log, and training leaves out what its ${formatCounted(sizes.treatment, "treated user")} did in it. Without the campaign, models would learn from them as from any others, and promise too little risk. If none of them was contacted, remove it with --force.`,
  );
}
