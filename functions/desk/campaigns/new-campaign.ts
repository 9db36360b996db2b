import type * as z from "zod";
import type { ListOrder } from "#churn/campaign/list-order.ts";
import { orSet, type SetCosts } from "#runtime/cost-settings.ts";
import { knownRate } from "#stores/campaigns/known-rate.ts";
import type { newCampaignBody } from "./api-schema.ts";
import type { AudienceFilter } from "./audience/audience-filter.ts";
import { byProfit } from "./plan/by-profit.ts";
import type { CampaignsServices } from "./services.ts";
import type { NewCampaign } from "./start-campaign.ts";

type Body = z.output<typeof newCampaignBody>;

/** The campaign that a tool asks for. */
export async function newCampaignAsked(
  body: Body,
  services: Pick<CampaignsServices, "campaigns" | "costs">,
): Promise<NewCampaign> {
  const asked = {
    ...{ cost: body.cost_per_contact, incentive: body.incentive, takeUp: body.take_up },
    ...{ saveRate: body.save_rate, worth: body.worth, windows: body.windows },
  };
  const costs = orSet(asked, services.costs);
  return {
    name: body.name,
    id: body.id,
    filter: filterOf(body),
    order: await orderOf(body.sort, costs, services),
    top: body.top,
    mostContacts: body.most_contacts,
    controlShare: body.control_share,
    windowDays: body.window_days,
    restDays: body.rest_days,
    costPerContact: costs.cost ?? 0,
    incentive: costs.incentive ?? 0,
  };
}

function filterOf(body: Body): AudienceFilter {
  return {
    state: body.state === "at_risk" ? "at-risk" : body.state,
    minProbability: body.min_probability,
    maxProbability: body.max_probability,
    minValue: body.min_value,
    maxValue: body.max_value,
    minSilence: body.min_silence,
    maxSilence: body.max_silence,
    minTenure: body.min_tenure,
    maxTenure: body.max_tenure,
    reason: body.reason,
  };
}

async function orderOf(
  sort: Body["sort"],
  costs: SetCosts,
  { campaigns }: Pick<CampaignsServices, "campaigns">,
): Promise<ListOrder> {
  switch (sort) {
    case "probability":
      return "probability";
    case "value_at_risk":
      return "value-at-risk";
    case "profit":
      return byProfit(costs, (await knownRate(campaigns, costs.saveRate)).rate);
  }
}
