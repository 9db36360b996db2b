import { armOf } from "#churn/campaign/arm.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { madeUpUser } from "./made-up-user.ts";

const chunkSize = 20_000;
const campaign = exampleCampaign({ id: "everyone", name: "Everyone" });

/** Assigns this many users to a campaign, if there is none yet, and returns its id and the size of its treatment. */
export async function fillCampaign(
  campaigns: CampaignStore,
  users: number,
): Promise<{ readonly id: string; readonly treated: number }> {
  const there = await campaigns.campaign(campaign.id);
  if (there?.isFrozen) return { id: there.id, treated: there.sizes.treatment };
  if (there === undefined) await campaigns.create(campaign);
  for (let from = 0; from < users; from += chunkSize) {
    const assignments = Array.from({ length: Math.min(chunkSize, users - from) }, (_, i) => {
      const { userId, probability = 0, value = 0 } = madeUpUser(from + i);
      const arm = armOf(campaign.id, userId, campaign.controlShare);
      return { userId, arm, assignedAt: campaign.startsAt, probability, value, covariates: [], outcomes: [] };
    });
    await campaigns.assign(campaign, assignments);
  }
  const { id, sizes } = await campaigns.freeze(campaign.id);
  return { id, treated: sizes.treatment };
}
