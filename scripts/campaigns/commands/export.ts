import { type Command, Option } from "commander";
import * as z from "zod";
import { audienceLines } from "#functions/desk/campaigns/result/audience.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { requireCampaign, withStores } from "../open.ts";

export function exportCommand(command: Command, call: Call): void {
  command
    .argument("<id>")
    .description("the users to contact, as CSV: the treatment arm only; safe to open in a spreadsheet")
    .addOption(
      new Option("--arm <arm>", "the control group is not to be contacted, and not exported")
        .choices(["treatment"])
        .default("treatment"),
    )
    .action((id: string, options: unknown) =>
      withStores(call, async (stores) => {
        const { arm } = parseOptions(optionsSchema, options);
        const campaigns = await stores.campaignStore();
        await requireCampaign(id, campaigns);
        for await (const line of audienceLines(id, campaigns.assignments(id, arm))) await call.write(line);
      }),
    );
}

const optionsSchema = z.object({ arm: z.literal("treatment") });
