import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { faultOfTime } from "#churn/intake/read-time.ts";
import { textLimits } from "#churn/intake/text.ts";
import { parseInstant } from "#runtime/instant.ts";
import type { Contact, OptOut } from "#stores/contacts/contact-store.ts";

/** Contacts in one request. */
export const mostContacts = 100_000;

/** A contact as tools send it. */
export const contactItem = z.object({
  user_id: z.string().min(1).max(textLimits.user_id),
  timestamp: z.iso.datetime({ offset: true }).optional().describe("When it was sent; now without it."),
  campaign: z.string().min(1).max(64).optional().describe("The campaign's id."),
  channel: z.string().min(1).max(100).optional().describe("Such as mail or push."),
  opt_out: z.boolean().optional().describe("The user wants no contact from now on: no contact, but a mark."),
});

export type ContactItem = z.infer<typeof contactItem>;

/** The contacts of one request. Of those that are wrong only the first is told of: each fault takes longer than a contact. */
export const contactItems = z
  .array(z.unknown())
  .max(mostContacts)
  .transform((items, context): readonly ContactItem[] => {
    const read: ContactItem[] = [];
    for (const [place, item] of items.entries()) {
      const parsed = contactItem.safeParse(item);
      if (!parsed.success) {
        for (const { path, message } of parsed.error.issues)
          context.addIssue({ code: "custom", path: [place, ...path], message });
        return z.NEVER;
      }
      read.push(parsed.data);
    }
    return read;
  });

/**
 * The contacts and the opt-outs among items; those without a time are of `now`. None may be before `oldest`; both in milliseconds
 * since the epoch. Throws InvalidInput.
 */
export function contactsIn(
  items: readonly ContactItem[],
  now: number,
  oldest: number,
): { readonly contacts: Contact[]; readonly optOuts: OptOut[] } {
  const contacts: Contact[] = [];
  const optOuts: OptOut[] = [];
  for (const { user_id: userId, timestamp, campaign, channel, opt_out } of items) {
    const time = timestamp === undefined ? now : (parseInstant(timestamp) ?? Date.parse(timestamp));
    const fault = faultOfTime(time, now, oldest);
    if (fault !== undefined) throw new InvalidInput(`The contact of ${userId} ${fault}`);
    if (opt_out === true) optOuts.push({ userId, time });
    else contacts.push({ userId, time, campaignId: campaign, channel });
  }
  return { contacts, optOuts };
}
