import type { Command } from "commander";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { describeSuppressed } from "#functions/desk/campaigns/free-to-contact.ts";
import { planOf } from "#functions/desk/campaigns/plan/plan.ts";
import { givenRate, measuredRate } from "#functions/desk/campaigns/plan/save-rate.ts";
import { addFilterOptions, amount, count, filterOptions, share, wholeDays } from "../../audience/filter-options.ts";
import type { Call } from "../../call/call.ts";
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
    .option("--rest <days>", "leaves out users who were contacted within as many days", "30")
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
    rest: wholeDays,
  })
  .refine(
    ({ saveRate, saveRateLow = 0, saveRateHigh = 1 }) =>
      saveRate === undefined || (saveRateLow <= saveRate && saveRate <= saveRateHigh),
    { message: "error: --save-rate is not between --save-rate-low and --save-rate-high" },
  );

async function run(raw: unknown, call: Call): Promise<void> {
  const { sort, top, cost, incentive, takeUp, worth, windows, capacity, rest, ...options } = parseOptions(
    optionsSchema,
    raw,
  );
  const { saveRate, saveRateLow, saveRateHigh, ...filter } = options;
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
