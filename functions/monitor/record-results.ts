import { endOf } from "#churn/campaign/campaign.ts";
import type { Logger } from "#runtime/logging.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { isForGood, type MeasureServices, measureCampaign } from "#stores/campaigns/measure-campaign.ts";

export interface RecordServices extends MeasureServices {
  readonly campaigns: MeasureServices["campaigns"] & Pick<CampaignStore, "campaigns">;
  readonly logger: Pick<Logger, "info">;
}

/**
 * Records the result of every campaign whose windows have closed and that has none yet, so that nothing is lost when its
 * assignments and the actions are deleted. May be repeated; what was recorded stays. Takes a few minutes at most; what is
 * left then is recorded in the next run.
 */
export async function recordResults(services: RecordServices): Promise<void> {
  const { campaigns, now, logger } = services;
  const began = now();
  for (const campaign of await campaigns.campaigns()) {
    if (!campaign.isFrozen || campaign.result !== undefined || endOf(campaign) > began) continue;
    const result = await measureCampaign(campaign, services);
    if (isForGood(result))
      logger.info(
        { "event.action": "campaign-result" },
        `The result of campaign ${campaign.id} is recorded: ${result.outcomes[0]?.verdict ?? "nothing to compare"}.`,
      );
    if (now() - began > longestRun) return;
  }
}

/** A Knative request lasts 600 s, and the other work of the monitor comes first. */
const longestRun = 120_000;
