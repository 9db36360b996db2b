import { type ListOrder, orderName } from "#churn/campaign/list-order.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { deskRecorder, whoIs } from "../record-act.ts";
import type { AudienceFilter } from "./audience/audience-filter.ts";
import { capacityOf, describeFilter } from "./audience/audience-filter.ts";
import { campaignId } from "./campaign-id.ts";
import { type CreatedCampaign, createCampaign } from "./create-campaign.ts";
import { candidates } from "./plan/candidates.ts";
import type { CampaignsServices } from "./services.ts";

/** What a person or a tool asks for. */
export interface NewCampaign {
  readonly name: string;
  /** From the name by default. */
  readonly id?: string | undefined;
  readonly filter: AudienceFilter;
  readonly order: ListOrder;
  /** How many users to take, control group included; all by default. */
  readonly top?: number | undefined;
  /** How many can be contacted; what the settings say by default. */
  readonly mostContacts?: number | undefined;
  readonly controlShare: number;
  /** The churn window by default. */
  readonly windowDays?: number | undefined;
  readonly restDays: number;
  readonly costPerContact: number;
  readonly incentive: number;
}

/**
 * Creates a campaign and records who did. Throws CampaignExists, InvalidInput where there is no one to contact, or
 * UsersTaken; then no campaign is kept.
 */
export async function startCampaign(
  { id, filter, order, windowDays, ...wanted }: NewCampaign,
  request: Pick<HttpRequest, "caller" | "address">,
  services: CampaignsServices,
): Promise<CreatedCampaign> {
  const { features, users, campaigns, contacts, costs, now } = services;
  const set = await features.currentSet();
  const target = id ?? campaignId(wanted.name);
  const capacity = capacityOf(wanted.mostContacts, costs.capacity);
  const create = () =>
    createCampaign(
      {
        ...wanted,
        id: target,
        order,
        mostContacts: capacity?.contacts,
        audience: describeFilter(filter, orderName(order), {
          top: wanted.top,
          capacity,
        }),
        windowDays: windowDays ?? set?.definition.churn.churnDays ?? 30,
        createdBy: whoIs(request).who,
      },
      candidates(filter, order, users),
      { campaigns, contacts, now },
    );
  const record = deskRecorder(request, services);
  return record({ action: "campaign.created", target }, create, ({ campaign: { sizes, audience } }) => ({
    details: { treatment: sizes.treatment, control: sizes.control, audience: audience.slice(0, 1_000) },
  }));
}
