import { type Campaign, isOwn } from "#churn/campaign/campaign.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import type { Estimate } from "#churn/statistics/estimate.ts";
import type { ContactCounts } from "../count-contacts.ts";

/** What a campaign cost, in the currency of values. */
export interface Cost {
  readonly total: number;
  /** Contacts of the treatment. */
  readonly contacts: number;
  /** Whether that is what was recorded; otherwise each of the treatment counts as contacted once. */
  readonly isRecorded: boolean;
  /** At most this many took the incentive: those of the treatment who stayed. 0 without one. */
  readonly incentives: number;
  /**
   * Value kept within the window less cost; undefined where no values are known, and until the windows of all users have closed:
   * what was spent on all is not to be set against the value of some.
   */
  readonly net: Estimate | undefined;
}

/** Undefined for a campaign whose contacts cost nothing. */
export function costOf(
  campaign: Campaign,
  result: CampaignResult,
  { treatment }: Pick<ContactCounts, "treatment">,
): Cost | undefined {
  const { costPerContact, incentive } = campaign;
  if (costPerContact === 0 && incentive === 0) return undefined;
  const isRecorded = treatment > 0;
  const contacts = isRecorded ? treatment : result.sizes.treatment;
  const [first] = result.outcomes;
  const stayed =
    first?.kind === "share" && first.sizes.treatment > 0
      ? (first.good === "less" ? 1 - first.treatment : first.treatment) * first.sizes.treatment
      : 0;
  const incentives = incentive > 0 ? stayed : 0;
  const total = costPerContact * contacts + incentive * incentives;
  const kept =
    result.isFinal && isOwn(campaign) ? result.outcomes.find(({ name }) => name === "value")?.gained : undefined;
  const net = kept && { ...kept, value: kept.value - total, low: kept.low - total, high: kept.high - total };
  return { total, contacts, isRecorded, incentives, net };
}
