import type { Arm } from "#churn/campaign/campaign.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";
import { compareUserIds } from "#stores/user-order.ts";

/** How many contacts there were of each arm's users, and of users who are in neither. */
export interface ContactCounts {
  readonly treatment: number;
  readonly control: number;
  readonly others: number;
  /** Users of the control group who were contacted. */
  readonly contactedControls: number;
}

/** Counts the contacts of a campaign by arm. Reads contacts and assignments side by side, in their common order. */
export async function countContacts(
  campaignId: string,
  campaigns: Pick<CampaignStore, "assignments">,
  contacts: Pick<ContactStore, "contacts">,
): Promise<ContactCounts> {
  const counts = { treatment: 0, control: 0, others: 0, contactedControls: 0 };
  const assignments = campaigns.assignments(campaignId)[Symbol.asyncIterator]();
  let next = await assignments.next();
  let lastControl: string | undefined;
  for await (const { userId } of contacts.contacts(campaignId)) {
    while (!next.done && compareUserIds(next.value.userId, userId) < 0) next = await assignments.next();
    const arm: Arm | undefined = !next.done && next.value.userId === userId ? next.value.arm : undefined;
    counts[arm ?? "others"] += 1;
    if (arm !== "control" || lastControl === userId) continue;
    lastControl = userId;
    counts.contactedControls += 1;
  }
  await assignments.return?.();
  return counts;
}
