import type { Command } from "commander";
import * as z from "zod";
import { type Environment, parseConfig } from "#runtime/config.ts";
import { costSettings, costsOf, orSet, type SetCosts } from "#runtime/cost-settings.ts";
import { amount, count, share } from "../audience/filter-options.ts";

/** Adds the options of what contacts cost and bring, which the settings say otherwise. */
export function addCostOptions(command: Command): Command {
  return command
    .option("--cost <amount>", "of one contact (default: CONTACT_COST, or 0)")
    .option("--incentive <amount>", "what a user costs who takes what is offered (default: INCENTIVE, or 0)")
    .option(
      "--take-up <share>",
      "of those who would stay anyway, the share that takes the incentive too (default: INCENTIVE_TAKE_UP, or 1)",
    )
    .option(
      "--save-rate <share>",
      "of those who would leave, the share that a contact keeps (default: SAVE_RATE, or as your campaigns have shown; before the first, a guess of 0.1)",
    )
    .option(
      "--worth <amount>",
      "what any user who stays is worth (default: USER_WORTH, or what each was worth in a churn window, on average lately)",
    )
    .option(
      "--windows <n>",
      "for how many churn windows a user who stays is worth as much; not with --worth (default: WORTH_WINDOWS, or 1)",
    )
    .option("--capacity <n>", "the most that you can contact (default: CONTACT_CAPACITY, or any number)");
}

export const costOptions = {
  cost: amount.optional(),
  incentive: amount.optional(),
  takeUp: share.optional(),
  saveRate: share.optional(),
  worth: amount.optional(),
  windows: amount.optional(),
  capacity: count.optional(),
} satisfies Record<keyof SetCosts, unknown>;

/** The costs of a command's options apart from its others, what the settings say, and both together. */
export function takeCosts<Options extends CostOptions>(options: Options, environment: Environment) {
  const { cost, incentive, takeUp, saveRate, worth, windows, capacity, ...others } = options;
  const asked = { cost, incentive, takeUp, saveRate, worth, windows, capacity };
  const set = costsOf(parseConfig(z.object(costSettings), environment));
  return { asked, set, costs: orSet(asked, set), others };
}

const schema = z.object(costOptions);
type CostOptions = z.infer<typeof schema>;
