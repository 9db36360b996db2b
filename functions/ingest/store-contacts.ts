import type { Action } from "#churn/action.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";
import type { ContactItem } from "./event-item.ts";

/**
 * Keeps contacts, and who wants none. A contact is identified by user, time, campaign and channel, which are the same
 * however often its event is delivered. Throws StoreUnavailable.
 */
export async function storeContacts(
  taken: readonly { readonly action: Action; readonly item: ContactItem }[],
  contacts: Pick<ContactStore, "append" | "optOut">,
): Promise<void> {
  const sent = taken.filter(({ item }) => !item.isOptOut);
  const optOuts = taken.filter(({ item }) => item.isOptOut);
  if (sent.length > 0)
    await contacts.append(
      sent.map(({ action: { userId, time }, item: { campaignId, channel } }) => ({
        userId,
        time,
        campaignId,
        channel,
      })),
    );
  if (optOuts.length > 0) await contacts.optOut(optOuts.map(({ action: { userId, time } }) => ({ userId, time })));
}
