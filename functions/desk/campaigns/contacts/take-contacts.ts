import { formatCount, formatCounted } from "#pages/format.ts";
import type { HttpRequest } from "#runtime/http.ts";
import type { Act } from "#stores/audit/recorder.ts";
import { type UnknownCampaigns, unknownCampaigns } from "#stores/campaigns/unknown-campaigns.ts";
import type { Contact, OptOut } from "#stores/contacts/contact-store.ts";
import { deskRecorder } from "../../record-act.ts";
import type { CampaignsServices } from "../services.ts";

export interface TakenContacts {
  readonly created: number;
  readonly duplicates: number;
  readonly opted_out: number;
  /** Of the contacts that were sent, those that name a campaign that does not exist; undefined if none does. */
  readonly unknown_campaigns?: UnknownCampaigns;
}

/** Stores contacts and opt-outs, and records who sent them. Safe to repeat. Throws StoreUnavailable. */
export async function takeContacts(
  { contacts, optOuts }: { readonly contacts: readonly Contact[]; readonly optOuts: readonly OptOut[] },
  request: Pick<HttpRequest, "caller" | "address">,
  services: Pick<CampaignsServices, "campaigns" | "contacts" | "audit" | "now" | "newId">,
): Promise<TakenContacts> {
  const record = deskRecorder(request, services);
  const none = { created: 0, duplicates: 0 };
  const added = contacts.length === 0 ? none : await record(actOf(contacts), () => add(contacts, services), toldOf);
  if (optOuts.length > 0)
    await record({ action: "contacts.opted-out", details: { users: optOuts.length } }, () =>
      services.contacts.optOut(optOuts),
    );
  return { ...added, opted_out: optOuts.length };
}

type Added = Omit<TakenContacts, "opted_out">;

async function add(
  contacts: readonly Contact[],
  { contacts: store, campaigns }: Pick<CampaignsServices, "campaigns" | "contacts">,
): Promise<Added> {
  const { created, duplicates } = await store.append(contacts);
  const named = contacts.flatMap(({ campaignId }) => campaignId ?? []);
  const unknown = await unknownCampaigns(named, campaigns);
  return { created, duplicates, ...(unknown !== undefined && { unknown_campaigns: unknown }) };
}

function actOf(contacts: readonly Contact[]): Act {
  const [campaign, ...others] = new Set(contacts.flatMap(({ campaignId }) => campaignId ?? []));
  const isOfOne = campaign !== undefined && others.length === 0;
  return { action: "contacts.added", ...(isOfOne && { target: campaign }) };
}

function toldOf({ unknown_campaigns: unknown, ...added }: Added): Partial<Act> {
  return { details: { ...added, ...(unknown !== undefined && { unknown_campaigns: unknown.contacts }) } };
}

/** How many of the contacts that were sent are new, in a sentence. */
export function newContacts(created: number, duplicates: number): string {
  return `${formatCounted(created, "contact")} ${created === 1 ? "is" : "are"} new, ${formatCount(duplicates)} ${duplicates === 1 ? "was" : "were"} known already.`;
}

/** How many users want no contact any more, in a sentence. */
export function newOptOuts(users: number): string {
  return `${formatCounted(users, "user")} ${users === 1 ? "is" : "are"} contacted no more.`;
}
