import type { Assignment } from "#churn/campaign/campaign.ts";
import { csvLine } from "#runtime/csv.ts";

/** The list to contact as CSV, line by line: safe to open in a spreadsheet. */
export async function* audienceLines(campaignId: string, treated: AsyncIterable<Assignment>): AsyncGenerator<string> {
  yield csvLine(["user_id", "campaign", "probability", "value"]);
  for await (const { userId, probability, value } of treated) yield csvLine([userId, campaignId, probability, value]);
}
