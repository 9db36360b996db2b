import type { Assignment } from "#churn/campaign/campaign.ts";
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
  campaignId: string,
  { campaigns, contacts, now }: AudienceStores,
): AsyncGenerator<Assignment> {
  for await (const chunk of inChunks(campaigns.assignments(campaignId, "treatment"), chunkSize))
    yield* await withoutOptOuts(chunk, { contacts, now });
}

/** Those of some users who have not opted out so far. */
export async function withoutOptOuts(
  assigned: readonly Assignment[],
  { contacts, now }: Pick<AudienceStores, "contacts" | "now">,
): Promise<Assignment[]> {
  const states = await contacts.statesOf(
    assigned.map(({ userId }) => userId),
    now(),
  );
  return assigned.filter(({ userId }) => states.get(userId)?.optedOutAt === undefined);
}

/** Users asked about at a time. */
const chunkSize = 2_000;

/** The list to contact as CSV, line by line: safe to open in a spreadsheet. */
export async function* audienceLines(campaignId: string, treated: AsyncIterable<Assignment>): AsyncGenerator<string> {
  yield csvLine(["user_id", "campaign", "probability", "value"]);
  for await (const { userId, probability, value } of treated) yield csvLine([userId, campaignId, probability, value]);
}

/** The list to contact as the text of a JSON object, user by user. */
export async function* audienceJson(campaignId: string, treated: AsyncIterable<Assignment>): AsyncGenerator<string> {
  let before = `{"campaign":${JSON.stringify(campaignId)},"users":[`;
  for await (const { userId, probability, value } of treated) {
    yield `${before}${JSON.stringify({ user_id: userId, probability, value })}`;
    before = ",";
  }
  yield before === "," ? "]}" : `${before}]}`;
}
