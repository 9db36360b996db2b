import { endOf } from "#churn/campaign/campaign.ts";
import { type OverAll, overAll } from "#churn/campaign/over-all.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { endedOf } from "#stores/campaigns/known-rate.ts";
import type { CampaignsServices } from "../services.ts";

/** What the page of all campaigns shows. */
export interface CampaignsView {
  readonly reader: string | undefined;
  /** The one created last first. */
  readonly campaigns: readonly StoredCampaign[];
  /** What all that have ended did together. */
  readonly together: OverAll;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function campaignsView(
  { campaigns, now }: Pick<CampaignsServices, "campaigns" | "now">,
  reader: string | undefined,
): Promise<CampaignsView> {
  const all = await campaigns.campaigns();
  return { reader, campaigns: all, together: overAll(endedOf(all)), now: now() };
}

/** Where a campaign stands, in a few words. */
export function stateOf({ isFrozen, result, ...campaign }: StoredCampaign, now: number): string {
  if (!isFrozen) return "interrupted";
  if (result !== undefined) {
    const [first] = result.outcomes;
    if (first === undefined) return "ended";
    if (first.sizes.treatment + first.sizes.control === 0) return "ended: nothing is known";
    if (first.verdict === "too few") return "ended: too few to tell";
    return first.verdict === "open" ? "ended: cannot be told apart" : `ended: ${first.verdict}`;
  }
  return endOf(campaign) > now ? "under way" : "ended: the result follows within two nights";
}
