import type { Command } from "commander";
import * as z from "zod";
import { describeSuppressed } from "#functions/desk/campaigns/free-to-contact.ts";
import { byProfit, listLength, usualRest } from "#functions/desk/campaigns/plan/by-profit.ts";
import { oldListInWords } from "#functions/desk/campaigns/plan/old-list.ts";
import { planOf } from "#functions/desk/campaigns/plan/plan.ts";
import { calledAs } from "#runtime/called-as.ts";
import { knownRate } from "#stores/campaigns/known-rate.ts";
import { addFilterOptions, filterOptions, share, wholeDays } from "../../audience/filter-options.ts";
import type { Call } from "../../call/call.ts";
import { inShell } from "../../terminal/in-shell.ts";
import { parseOptions, WrongUse } from "../../terminal/options.ts";
import { addCostOptions, costOptions, takeCosts } from "../cost-options.ts";
import { describeHowMany } from "../describe-plan.ts";
import { withStores } from "../open.ts";

export function planCommand(command: Command, call: Call): void {
  addCostOptions(command)
    .description("how many to contact: the profit by the length of the list, and the best length")
    .option("--save-rate-low <share>", "its likely least (default: half of it)")
    .option("--save-rate-high <share>", "its likely most (default: half as much again)")
    .option("--rest <days>", "leaves out users who were contacted within as many days", String(usualRest))
    .action((options: unknown) => run(options, call));
  addFilterOptions(command);
}

const optionsSchema = z
  .object({
    ...filterOptions,
    ...costOptions,
    saveRateLow: share.optional(),
    saveRateHigh: share.optional(),
    rest: wholeDays,
  })
  .refine(
    ({ saveRate, saveRateLow = 0, saveRateHigh = 1 }) =>
      saveRate === undefined || (saveRateLow <= saveRate && saveRate <= saveRateHigh),
    { message: "error: --save-rate is not between --save-rate-low and --save-rate-high" },
  );

async function run(raw: unknown, call: Call): Promise<void> {
  const options = parseOptions(optionsSchema, raw);
  const { asked, costs, others } = takeCosts(options, call.environment);
  const { saveRateLow, saveRateHigh, sort, top, rest, ...filter } = others;
  if (costs.saveRate === undefined && (saveRateLow ?? saveRateHigh) !== undefined)
    throw new WrongUse(
      "error: --save-rate-low and --save-rate-high are the interval of --save-rate, which is not given",
    );
  await withStores(call, async (stores) => {
    const campaigns = await stores.campaignStore();
    const known = await knownRate(campaigns, costs.saveRate, saveRateLow, saveRateHigh);
    const plan = await planOf(
      { filter, ...byProfit(costs, known.rate), order: sort, top, restDays: rest, at: Date.now() },
      { users: await stores.userList(), campaigns, contacts: await stores.contactStore() },
    );
    call.print(describeHowMany(plan, known));
    const oldList = oldListInWords((await (await stores.featureStore()).currentSet())?.snapshot, Date.now());
    if (oldList !== undefined) call.print(oldList);
    if (plan.suppressed.size > 0) call.print(`Left out: ${describeSuppressed(plan.suppressed)}.`);
    // What `top` chooses by another order, no campaign can: its list is cut once.
    if (plan.optimum.contacts === 0 || top !== undefined) return;
    const again = { ...filter, ...asked, ...(rest !== usualRest && { rest }) };
    call.print(`Create it: ${calledAs(call.environment)} ${createArguments(again, plan.optimum.contacts)}`);
  });
}

/** What stands behind the name of the program to create the campaign of a plan, by the same options. */
function createArguments(options: Readonly<Record<string, string | number | undefined>>, contacts: number): string {
  const given = Object.entries({ ...options, sort: "profit", top: listLength(contacts) });
  const flags = given.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${inShell(String(value))}`],
  );
  return `campaigns create --name NAME ${flags.join(" ")}`;
}
