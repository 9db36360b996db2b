import type { Command } from "commander";
import * as z from "zod";
import { endOf } from "#churn/campaign/campaign.ts";
import { howManyToContact, type Prospect, type Rate } from "#churn/campaign/how-many.ts";
import { overAll } from "#churn/campaign/over-all.ts";
import { InvalidInput } from "#churn/failure.ts";
import { selectAudience } from "#functions/desk/campaigns/audience/select-audience.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { Call } from "../../call/call.ts";
import { addFilterOptions, amount, count, filterOptions, share } from "../../audience/filter-options.ts";
import { parseOptions } from "../../terminal/options.ts";
import { describeHowMany } from "../describe-plan.ts";
import { withStores } from "../open.ts";

export function planCommand(command: Command, call: Call): void {
  command
    .description("how many to contact: the profit by the length of the list, and the best length")
    .option("--cost <amount>", "of one contact", "0")
    .option("--incentive <amount>", "what a user costs who takes what is offered", "0")
    .option("--take-up <share>", "of those who would stay anyway, the share that takes the incentive too", "1")
    .option(
      "--save-rate <share>",
      "of those who would leave, the share that a contact keeps (default: as your campaigns have shown)",
    )
    .option("--save-rate-low <share>", "its likely least (default: half of it)")
    .option("--save-rate-high <share>", "its likely most (default: half as much again)")
    .option(
      "--worth <amount>",
      "what any user who stays is worth (default: what each was worth in a churn window, on average lately)",
    )
    .option("--windows <n>", "for how many churn windows a user who stays is worth as much", "1")
    .option("--capacity <n>", "the most that you can contact")
    .action((options: unknown) => run(options, call));
  addFilterOptions(command);
}

const optionsSchema = z
  .object({
    ...filterOptions,
    cost: amount,
    incentive: amount,
    takeUp: share,
    saveRate: share.optional(),
    saveRateLow: share.optional(),
    saveRateHigh: share.optional(),
    worth: amount.optional(),
    windows: amount,
    capacity: count.optional(),
  })
  .refine(
    ({ saveRate, saveRateLow = 0, saveRateHigh = 1 }) =>
      saveRate === undefined || (saveRateLow <= saveRate && saveRate <= saveRateHigh),
    { message: "error: --save-rate is not between --save-rate-low and --save-rate-high" },
  );

async function run(raw: unknown, call: Call): Promise<void> {
  const options = parseOptions(optionsSchema, raw);
  const { sort, top, cost, incentive, takeUp, worth, windows, capacity } = options;
  await withStores(call, async (stores) => {
    const { rate, source } = await rateOf(options, await stores.campaignStore());
    const prospects: Prospect[] = [];
    let hasValue = worth !== undefined;
    for await (const { score, value } of selectAudience(options, sort, await stores.featureStore())) {
      hasValue ||= value !== undefined && value !== 0;
      prospects.push({ probability: score.probability, value: worth ?? windows * (value ?? 0) });
      if (prospects.length === top) break;
    }
    if (prospects.length === 0)
      throw new InvalidInput("No user has a score that fits. See lapse audience --state here.");
    if (!hasValue)
      throw new InvalidInput("The actions carry no values: say with --worth what a user who stays is worth.");
    const economics = { costPerContact: cost, incentive, takeUp, saveRate: rate, capacity };
    call.print(describeHowMany(howManyToContact(prospects, economics), rate, source));
  });
}

/** The save rate that is given, else what the campaigns that have ended have shown. */
async function rateOf(
  { saveRate, saveRateLow, saveRateHigh }: z.infer<typeof optionsSchema>,
  campaigns: CampaignStore,
): Promise<{ rate: Rate; source: string }> {
  if (saveRate !== undefined) {
    const rate = {
      value: saveRate,
      low: saveRateLow ?? saveRate / 2,
      high: saveRateHigh ?? Math.min(1, 1.5 * saveRate),
    };
    return { rate, source: "as given" };
  }
  const ended = (await campaigns.campaigns()).flatMap((campaign) =>
    campaign.result === undefined ? [] : [{ endedAt: endOf(campaign), result: campaign.result }],
  );
  const measured = overAll(ended).saveRate;
  if (measured === undefined)
    throw new InvalidInput(
      "No campaign has shown yet what share of those who would leave a contact keeps: give one with --save-rate, such as 0.1.",
    );
  const within = (value: number) => Math.min(1, Math.max(0, value));
  const rate = { value: within(measured.value), low: within(measured.low), high: within(measured.high) };
  return { rate, source: `from ${ended.length === 1 ? "one campaign" : `${ended.length} campaigns`}` };
}
