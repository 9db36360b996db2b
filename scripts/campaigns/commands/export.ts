import { type Command, Option } from "commander";
import * as z from "zod";
import { audienceLines, usersToContact } from "#functions/desk/campaigns/result/audience.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { requireCampaign, withStores } from "../open.ts";

export function exportCommand(command: Command, call: Call): void {
  command
    .argument("<id>")
    .description(
      "the users to contact and why, as CSV: the treatment arm, without who has opted out, in the order of the list; safe to open in a spreadsheet",
    )
    .addOption(
      new Option("--arm <arm>", "the control group is not to be contacted, and not exported")
        .choices(["treatment"])
        .default("treatment"),
    )
    .action((id: string, options: unknown) =>
      withStores(call, async (stores) => {
        parseOptions(optionsSchema, options);
        const campaigns = await stores.campaignStore();
        const campaign = await requireCampaign(id, campaigns);
        const [contacts, list] = [await stores.contactStore(), await stores.userList()];
        const users = usersToContact(campaign, { campaigns, contacts, users: list, now: Date.now });
        for await (const line of audienceLines(id, users)) await call.write(line);
      }),
    );
}

const optionsSchema = z.object({ arm: z.literal("treatment") });
