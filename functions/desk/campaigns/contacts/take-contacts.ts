import type { HttpRequest } from "#runtime/http.ts";
import type { Contact, OptOut } from "#stores/contacts/contact-store.ts";
import { deskRecorder } from "../../record-act.ts";
import type { CampaignsServices } from "../services.ts";

export interface TakenContacts {
  readonly created: number;
  readonly duplicates: number;
  readonly opted_out: number;
}

/** Stores contacts and opt-outs, and records who sent them. Safe to repeat. Throws StoreUnavailable. */
export async function takeContacts(
  { contacts, optOuts }: { readonly contacts: readonly Contact[]; readonly optOuts: readonly OptOut[] },
  request: Pick<HttpRequest, "caller" | "address">,
  services: Pick<CampaignsServices, "contacts" | "audit" | "now" | "newId">,
): Promise<TakenContacts> {
  const campaigns = [...new Set(contacts.flatMap(({ campaignId }) => campaignId ?? []))];
  const target = campaigns.length === 1 ? { target: campaigns[0] } : {};
  const take = async () => {
    const appended = contacts.length === 0 ? { created: 0, duplicates: 0 } : await services.contacts.append(contacts);
    if (optOuts.length > 0) await services.contacts.optOut(optOuts);
    return { created: appended.created, duplicates: appended.duplicates, opted_out: optOuts.length };
  };
  const record = deskRecorder(request, services);
  return record({ action: "contacts.added", ...target }, take, (taken) => ({ details: { ...taken } }));
}
