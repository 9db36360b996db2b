import { formatCount, formatCounted } from "#pages/format.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { type UnknownCampaigns, unknownCampaigns } from "#stores/campaigns/unknown-campaigns.ts";
import type { Contact, OptOut } from "#stores/contacts/contact-store.ts";
import { deskRecorder } from "../../record-act.ts";
import type { CampaignsServices } from "../services.ts";

export interface TakenContacts {
  readonly created: number;
  readonly duplicates: number;
  readonly opted_out: number;
  /** Of the contacts that were sent, those that name a campaign that there is none of; undefined if none does. */
  readonly unknown_campaigns?: UnknownCampaigns;
}

/** Stores contacts and opt-outs, and records who sent them. Safe to repeat. Throws StoreUnavailable. */
export async function takeContacts(
  { contacts, optOuts }: { readonly contacts: readonly Contact[]; readonly optOuts: readonly OptOut[] },
  request: Pick<HttpRequest, "caller" | "address">,
  services: Pick<CampaignsServices, "campaigns" | "contacts" | "audit" | "now" | "newId">,
): Promise<TakenContacts> {
  const campaigns = [...new Set(contacts.flatMap(({ campaignId }) => campaignId ?? []))];
  const target = campaigns.length === 1 ? { target: campaigns[0] } : {};
  const take = async () => {
    const appended = contacts.length === 0 ? { created: 0, duplicates: 0 } : await services.contacts.append(contacts);
    if (optOuts.length > 0) await services.contacts.optOut(optOuts);
    const named = contacts.flatMap(({ campaignId }) => campaignId ?? []);
    const unknown = await unknownCampaigns(named, services.campaigns);
    return {
      ...{ created: appended.created, duplicates: appended.duplicates, opted_out: optOuts.length },
      ...(unknown !== undefined && { unknown_campaigns: unknown }),
    };
  };
  const record = deskRecorder(request, services);
  return record({ action: "contacts.added", ...target }, take, ({ unknown_campaigns, ...taken }) => ({
    details: { ...taken, ...(unknown_campaigns !== undefined && { unknown_campaigns: unknown_campaigns.contacts }) },
  }));
}

/** How many of the contacts that were sent are new, in a sentence. */
export function newContacts(created: number, duplicates: number): string {
  return `${formatCounted(created, "contact")} ${created === 1 ? "is" : "are"} new, ${formatCount(duplicates)} ${duplicates === 1 ? "was" : "were"} known already.`;
}

/** How many users want no contact any more, in a sentence. */
export function newOptOuts(users: number): string {
  return `${formatCounted(users, "user")} ${users === 1 ? "is" : "are"} contacted no more.`;
}
