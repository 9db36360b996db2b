import type { Campaign } from "#churn/campaign/campaign.ts";
import { inListOrder, type Listed } from "#churn/campaign/list-order.ts";
import { csvLine } from "#runtime/csv.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";
import { inChunks } from "#stores/in-chunks.ts";
import type { UserList } from "#stores/users/user-list.ts";

export interface AudienceStores {
  readonly campaigns: Pick<CampaignStore, "assignments">;
  readonly contacts: Pick<ContactStore, "statesOf">;
  readonly users: Pick<UserList, "get">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A user to contact, and in words why they may leave, by the latest list of all users: nothing where they are not on it any more. */
export interface ToContact extends Listed {
  readonly because: readonly string[];
}

/**
 * Streams the users of a campaign to contact: the treatment, without those who have opted out since the list was frozen. In
 * the result these stay in their arm, so that it compares what chance has divided.
 */
export async function* usersToContact(
  campaign: Pick<Campaign, "id" | "order">,
  { campaigns, contacts, users, now }: AudienceStores,
): AsyncGenerator<ToContact> {
  for await (const chunk of inChunks(await treatedInOrder(campaign, campaigns), chunkSize)) {
    const free = await withoutOptOuts(chunk, { contacts, now });
    const known = await users.get(free.map(({ userId }) => userId));
    for (const user of free)
      yield { ...user, because: known.get(user.userId)?.reasons.map(({ sentence }) => sentence) ?? [] };
  }
}

/**
 * The treatment, sorted in memory as the list was made, so that who calls down it begins with what matters most. Where that is not known, as of
 * an experiment that was run elsewhere, by what would be lost.
 */
export async function treatedInOrder(
  { id, order = "value-at-risk" }: Pick<Campaign, "id" | "order">,
  campaigns: Pick<CampaignStore, "assignments">,
): Promise<readonly Listed[]> {
  const treated: Listed[] = [];
  for await (const { userId, probability, value } of campaigns.assignments(id, "treatment"))
    treated.push({ userId, probability, value });
  return inListOrder(treated, order);
}

/** Those of some users who have not opted out so far. */
export async function withoutOptOuts(
  users: readonly Listed[],
  { contacts, now }: Pick<AudienceStores, "contacts" | "now">,
): Promise<Listed[]> {
  const states = await contacts.statesOf(
    users.map(({ userId }) => userId),
    now(),
  );
  return users.filter(({ userId }) => states.get(userId)?.optedOutAt === undefined);
}

/** Users asked about at a time. */
const chunkSize = 2_000;

/** The list to contact as CSV, line by line: safe to open in a spreadsheet. */
export async function* audienceLines(campaignId: string, treated: AsyncIterable<ToContact>): AsyncGenerator<string> {
  yield csvLine(["user_id", "campaign", "probability", "value", "because"]);
  for await (const { userId, probability, value, because } of treated)
    yield csvLine([userId, campaignId, probability, value, because.join("; ")]);
}

/** The list to contact as the text of a JSON object, user by user. */
export async function* audienceJson(campaignId: string, treated: AsyncIterable<ToContact>): AsyncGenerator<string> {
  let before = `{"campaign":${JSON.stringify(campaignId)},"users":[`;
  for await (const { userId, probability, value, because } of treated) {
    yield `${before}${JSON.stringify({ user_id: userId, probability, value, because })}`;
    before = ",";
  }
  yield before === "," ? "]}" : `${before}]}`;
}
