import type { Command } from "commander";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { describeSuppressed } from "#functions/desk/campaigns/free-to-contact.ts";
import { planOf } from "#functions/desk/campaigns/plan/plan.ts";
import { parseConfig } from "#runtime/config.ts";
import { costSettings, costsOf } from "#runtime/cost-settings.ts";
import { givenRate, measuredRate } from "#stores/campaigns/known-rate.ts";
import { addFilterOptions, amount, count, filterOptions, share, wholeDays } from "../../audience/filter-options.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { describeHowMany } from "../describe-plan.ts";
import { withStores } from "../open.ts";

export function planCommand(command: Command, call: Call): void {
  command
    .description("how many to contact: the profit by the length of the list, and the best length")
    .option("--cost <amount>", "of one contact (default: CONTACT_COST, or 0)")
    .option("--incentive <amount>", "what a user costs who takes what is offered (default: INCENTIVE, or 0)")
    .option(
      "--take-up <share>",
      "of those who would stay anyway, the share that takes the incentive too (default: INCENTIVE_TAKE_UP, or 1)",
    )
    .option(
      "--save-rate <share>",
      "of those who would leave, the share that a contact keeps (default: SAVE_RATE, or as your campaigns have shown)",
    )
    .option("--save-rate-low <share>", "its likely least (default: half of it)")
    .option("--save-rate-high <share>", "its likely most (default: half as much again)")
    .option(
      "--worth <amount>",
      "what any user who stays is worth (default: USER_WORTH, or what each was worth in a churn window, on average lately)",
    )
    .option(
      "--windows <n>",
      "for how many churn windows a user who stays is worth as much (default: WORTH_WINDOWS, or 1)",
    )
    .option("--capacity <n>", "the most that you can contact (default: CONTACT_CAPACITY, or any number)")
    .option("--rest <days>", "leaves out users who were contacted within as many days", "30")
    .action((options: unknown) => run(options, call));
  addFilterOptions(command);
}

const optionsSchema = z
  .object({
    ...filterOptions,
    cost: amount.optional(),
    incentive: amount.optional(),
    takeUp: share.optional(),
    saveRate: share.optional(),
    saveRateLow: share.optional(),
    saveRateHigh: share.optional(),
    worth: amount.optional(),
    windows: amount.optional(),
    capacity: count.optional(),
    rest: wholeDays,
  })
  .refine(
    ({ saveRate, saveRateLow = 0, saveRateHigh = 1 }) =>
      saveRate === undefined || (saveRateLow <= saveRate && saveRate <= saveRateHigh),
    { message: "error: --save-rate is not between --save-rate-low and --save-rate-high" },
  );

async function run(raw: unknown, call: Call): Promise<void> {
  const set = costsOf(parseConfig(z.object(costSettings), call.environment));
  const { sort, top, rest, ...options } = parseOptions(optionsSchema, raw);
  const { cost = set.cost ?? 0, incentive = set.incentive ?? 0, takeUp = set.takeUp ?? 1, ...others } = options;
  const { worth = set.worth, windows = set.windows ?? 1, capacity = set.capacity, ...chosen } = others;
  const { saveRate = set.saveRate, saveRateLow, saveRateHigh, ...filter } = chosen;
  await withStores(call, async (stores) => {
    const campaigns = await stores.campaignStore();
    const known =
      saveRate === undefined
        ? measuredRate(await campaigns.campaigns())
        : givenRate(saveRate, saveRateLow, saveRateHigh);
    if (known === undefined)
      throw new InvalidInput(
        "No campaign has shown yet what share of those who would leave a contact keeps: give one with --save-rate, such as 0.1.",
      );
    const economics = { costPerContact: cost, incentive, takeUp, saveRate: known.rate, capacity };
    const plan = await planOf(
      { filter, economics, worth: { each: worth, windows }, order: sort, top, restDays: rest, at: Date.now() },
      { users: await stores.userList(), campaigns, contacts: await stores.contactStore() },
    );
    call.print(describeHowMany(plan, known.rate, known.source));
    if (plan.suppressed.size > 0) call.print(`Left out: ${describeSuppressed(plan.suppressed)}.`);
  });
}
