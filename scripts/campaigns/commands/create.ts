import type { Command } from "commander";
import * as z from "zod";
import type { Balance } from "#churn/campaign/balance.ts";
import { type ListOrder, orderName, type Ranking } from "#churn/campaign/list-order.ts";
import { capacityOf, describeFilter } from "#functions/desk/campaigns/audience/audience-filter.ts";
import { campaignId } from "#functions/desk/campaigns/campaign-id.ts";
import { createCampaign } from "#functions/desk/campaigns/create-campaign.ts";
import { endedAtCapacity } from "#functions/desk/campaigns/ended-at-capacity.ts";
import { describeSuppressed } from "#functions/desk/campaigns/free-to-contact.ts";
import { byProfit, usualControlShare, usualRest } from "#functions/desk/campaigns/plan/by-profit.ts";
import { candidates } from "#functions/desk/campaigns/plan/candidates.ts";
import { oldListInWords } from "#functions/desk/campaigns/plan/old-list.ts";
import { formatCount, formatCounted } from "#pages/format.ts";
import { calledAs } from "#runtime/called-as.ts";
import type { SetCosts } from "#runtime/cost-settings.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { knownRate } from "#stores/campaigns/known-rate.ts";
import { resultOf } from "#stores/campaigns/measure-campaign.ts";
import { addFilterOptions, filterOptions, share, wholeDays } from "../../audience/filter-options.ts";
import type { Call } from "../../call/call.ts";
import { parseOptions } from "../../terminal/options.ts";
import { addCostOptions, costOptions, takeCosts } from "../cost-options.ts";
import { describeSaveRate } from "../describe-plan.ts";
import { withStores } from "../open.ts";

export function createCommand(command: Command, call: Call): void {
  addCostOptions(command)
    .description(
      "freezes a list of users from the latest scores, and divides it into those to contact and a control group",
    )
    .requiredOption("--name <name>", "what to call it")
    .option("--id <id>", "what commands call it (default: from the name)")
    .option("--control <share>", "the share that is not contacted, for comparison", String(usualControlShare))
    .option("--window <days>", "in which users stay or leave (default: the churn window)")
    .option("--rest <days>", "leaves out users who were contacted within as many days", String(usualRest))
    .option("--by <who>", "who creates it (default: you)")
    .action((options: unknown) => run(options, call));
  addFilterOptions(
    command,
    "probability, value-at-risk: probability × value, or profit: what a contact brings, as lapse campaigns plan reckons",
  );
}

const optionsSchema = z.object({
  ...filterOptions,
  sort: z.enum(["probability", "value-at-risk", "profit"], "is probability, value-at-risk or profit"),
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
  ...costOptions,
  by: z.string().trim().min(1).max(200).optional(),
});

async function run(raw: unknown, call: Call): Promise<void> {
  const options = parseOptions(optionsSchema, raw);
  const { asked, set, costs, others } = takeCosts(options, call.environment);
  const { name, id, control, window, rest, by, sort, top, ...filter } = others;
  await withStores(call, async (stores, record) => {
    const features = await stores.featureStore();
    const campaigns = await stores.campaignStore();
    const atMost = capacityOf(asked.capacity, set.capacity);
    const { order, told } = await orderOf(sort, costs, campaigns);
    const [current, users] = [await features.currentSet(), await stores.userList()];
    const plan = {
      id: id ?? campaignId(name),
      name,
      order,
      audience: describeFilter(filter, orderName(order), { top, capacity: atMost }),
      controlShare: control,
      windowDays: window ?? current?.definition.churn.churnDays ?? 30,
      costPerContact: costs.cost ?? 0,
      incentive: costs.incentive ?? 0,
      createdBy: by ?? call.user,
      restDays: rest,
      top,
      mostContacts: atMost?.contacts,
    };
    const services = { campaigns, contacts: await stores.contactStore(), now: Date.now };
    const { campaign, suppressed } = await record(
      { action: "campaign.created", target: plan.id, details: { audience: plan.audience } },
      () => createCampaign(plan, candidates(filter, order, users), services),
      ({ campaign: { sizes } }) => ({ details: { treatment: sizes.treatment, control: sizes.control } }),
    );
    const actions = await stores.actionStore();
    const { balance } = await resultOf(campaign, { actions, features, campaigns, now: Date.now });
    const { treatment, control: controls } = campaign.sizes;
    const lapse = calledAs(call.environment);
    const oldList = oldListInWords(current?.snapshot, Date.now());
    const capped = endedAtCapacity(campaign, atMost?.setBy ?? "--capacity");
    call.print(
      [
        `Created ${campaign.id}: ${formatCounted(treatment, "user")} to contact, ${formatCount(controls)} in the control group (${campaign.audience}).`,
        ...(capped !== undefined
          ? [capped]
          : top !== undefined && treatment + controls < top
            ? ["No more than these fit and may be contacted."]
            : []),
        ...(suppressed.size === 0 ? [] : [`Left out: ${describeSuppressed(suppressed)}.`]),
        ...told,
        describeBalance(balance),
        ...(oldList === undefined ? [] : [oldList]),
        `The list to contact: ${lapse} campaigns export ${campaign.id} > ${campaign.id}.csv`,
        `The result, ${formatCounted(campaign.windowDays, "day")} from now: ${lapse} campaigns show ${campaign.id}`,
      ].join("\n"),
    );
  });
}

/** What the list is the highest of, and what is to be told of how that was reckoned. */
async function orderOf(
  sort: Ranking | "profit",
  costs: SetCosts,
  campaigns: Pick<CampaignStore, "campaigns">,
): Promise<{ readonly order: ListOrder; readonly told: readonly string[] }> {
  if (sort !== "profit") return { order: sort, told: [] };
  const known = await knownRate(campaigns, costs.saveRate);
  return { order: byProfit(costs, known.rate), told: [describeSaveRate(known)] };
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
