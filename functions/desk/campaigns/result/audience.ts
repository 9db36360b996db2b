import type { Campaign } from "#churn/campaign/campaign.ts";
import { inListOrder, type Listed } from "#churn/campaign/list-order.ts";
import { csvLine } from "#runtime/csv.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { ContactStore } from "#stores/contacts/contact-store.ts";
import { inChunks } from "#stores/in-chunks.ts";

export interface AudienceStores {
  readonly campaigns: Pick<CampaignStore, "assignments">;
  readonly contacts: Pick<ContactStore, "statesOf">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Streams the users of a campaign to contact: the treatment, without those who have opted out since the list was frozen. In
 * the result these stay in their arm, so that it compares what chance has divided.
 */
export async function* usersToContact(
  campaign: Pick<Campaign, "id" | "order">,
  { campaigns, contacts, now }: AudienceStores,
): AsyncGenerator<Listed> {
  for await (const chunk of inChunks(await treatedInOrder(campaign, campaigns), chunkSize))
    yield* await withoutOptOuts(chunk, { contacts, now });
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
export async function* audienceLines(campaignId: string, treated: AsyncIterable<Listed>): AsyncGenerator<string> {
  yield csvLine(["user_id", "campaign", "probability", "value"]);
  for await (const { userId, probability, value } of treated) yield csvLine([userId, campaignId, probability, value]);
}

/** The list to contact as the text of a JSON object, user by user. */
export async function* audienceJson(campaignId: string, treated: AsyncIterable<Listed>): AsyncGenerator<string> {
  let before = `{"campaign":${JSON.stringify(campaignId)},"users":[`;
  for await (const { userId, probability, value } of treated) {
    yield `${before}${JSON.stringify({ user_id: userId, probability, value })}`;
    before = ",";
  }
  yield before === "," ? "]}" : `${before}]}`;
}
