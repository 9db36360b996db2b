import type { Command } from "commander";
import * as z from "zod";
import type { Balance } from "#churn/campaign/balance.ts";
import { capacityOf, describeFilter } from "#functions/desk/campaigns/audience/audience-filter.ts";
import { campaignId } from "#functions/desk/campaigns/campaign-id.ts";
import { createCampaign } from "#functions/desk/campaigns/create-campaign.ts";
import { endedAtCapacity } from "#functions/desk/campaigns/ended-at-capacity.ts";
import { describeSuppressed } from "#functions/desk/campaigns/free-to-contact.ts";
import { candidates } from "#functions/desk/campaigns/plan/candidates.ts";
import { parseConfig } from "#runtime/config.ts";
import { costSettings, costsOf, orSet } from "#runtime/cost-settings.ts";
import { resultOf } from "#stores/campaigns/measure-campaign.ts";
import { addFilterOptions, amount, count, filterOptions, share, wholeDays } from "../../audience/filter-options.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { withStores } from "../open.ts";

export function createCommand(command: Command, call: Call): void {
  command
    .description(
      "freezes a list of users from the latest scores, and divides it into those to contact and a control group",
    )
    .requiredOption("--name <name>", "what to call it")
    .option("--id <id>", "what commands call it (default: from the name)")
    .option("--control <share>", "the share that is not contacted, for comparison", "0.2")
    .option("--window <days>", "in which users stay or leave (default: the churn window)")
    .option("--rest <days>", "leaves out users who were contacted within as many days", "30")
    .option("--cost <amount>", "of one contact (default: CONTACT_COST, or 0)")
    .option("--incentive <amount>", "what a user costs who takes what is offered (default: INCENTIVE, or 0)")
    .option("--capacity <n>", "the most that you can contact (default: CONTACT_CAPACITY, or any number)")
    .option("--by <who>", "who creates it (default: you)")
    .action((options: unknown) => run(options, call));
  addFilterOptions(command);
}

const optionsSchema = z.object({
  ...filterOptions,
  name: z.string().trim().min(1).max(200),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "is of small letters, digits and . _ -, at most 64")
    .optional(),
  control: share.refine(
    (value) => value > 0 && value < 1,
    "takes a share between 0 and 1: without a control group, nothing can be told",
  ),
  window: wholeDays.refine((days) => days > 0, "takes at least one day").optional(),
  rest: wholeDays,
  cost: amount.optional(),
  incentive: amount.optional(),
  capacity: count.optional(),
  by: z.string().trim().min(1).max(200).optional(),
});

async function run(raw: unknown, call: Call): Promise<void> {
  const options = parseOptions(optionsSchema, raw);
  const { name, control, window, rest, cost, incentive, capacity, by, sort, top, ...filter } = options;
  const set = costsOf(parseConfig(z.object(costSettings), call.environment));
  const costs = orSet({ cost, incentive }, set);
  await withStores(call, async (stores, record) => {
    const features = await stores.featureStore();
    const atMost = capacityOf(capacity, set.capacity);
    const [current, users] = [await features.currentSet(), await stores.userList()];
    const plan = {
      id: options.id ?? campaignId(name),
      name,
      audience: describeFilter(filter, sort, { top, capacity: atMost }),
      controlShare: control,
      windowDays: window ?? current?.definition.churn.churnDays ?? 30,
      costPerContact: costs.cost ?? 0,
      incentive: costs.incentive ?? 0,
      createdBy: by ?? call.user,
      restDays: rest,
      top,
      mostContacts: atMost?.contacts,
    };
    const services = { campaigns: await stores.campaignStore(), contacts: await stores.contactStore(), now: Date.now };
    const { campaign, suppressed } = await record(
      { action: "campaign.created", target: plan.id, details: { audience: plan.audience } },
      () => createCampaign(plan, candidates(filter, sort, users), services),
      ({ campaign: { sizes } }) => ({ details: { treatment: sizes.treatment, control: sizes.control } }),
    );
    const [actions, campaigns] = [await stores.actionStore(), await stores.campaignStore()];
    const { balance } = await resultOf(campaign, { actions, features, campaigns, now: Date.now });
    const { treatment, control: controls } = campaign.sizes;
    const capped = endedAtCapacity(campaign, atMost?.setBy ?? "--capacity");
    call.print(
      [
        `Created ${campaign.id}: ${counted(treatment)} users to contact, ${counted(controls)} in the control group (${campaign.audience}).`,
        ...(capped !== undefined
          ? [capped]
          : top !== undefined && treatment + controls < top
            ? ["No more than these fit and may be contacted."]
            : []),
        ...(suppressed.size === 0 ? [] : [`Left out: ${describeSuppressed(suppressed)}.`]),
        describeBalance(balance),
        `The list to contact: lapse campaigns export ${campaign.id} > ${campaign.id}.csv`,
        `The result, ${campaign.windowDays} days from now: lapse campaigns show ${campaign.id}`,
      ].join("\n"),
    );
  });
}

/** How alike the arms are. */
function describeBalance({ covariates }: Balance): string {
  const [most] = covariates.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  if (most === undefined) return "Nothing is known by which the arms could be compared.";
  const largest = `they differ most in ${most.name}, by ${Math.abs(most.difference).toFixed(2)} standard deviations`;
  return covariates.some(({ isOff }) => isOff)
    ? `The arms are not alike: ${largest}, which is more than chance explains.`
    : `The arms are alike as far as chance allows: ${largest}.`;
}

function counted(number: number): string {
  return number.toLocaleString("en");
}
