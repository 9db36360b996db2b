import { endOf } from "#churn/campaign/campaign.ts";
import type { Rate } from "#churn/campaign/how-many.ts";
import { overAll } from "#churn/campaign/over-all.ts";
import type { CampaignStore, StoredCampaign } from "./campaign-store.ts";

/** The share of those who would leave that a contact keeps, and where it is known from. */
export interface KnownRate {
  readonly rate: Rate;
  /** In words, such as `from 3 campaigns`. */
  readonly source: string;
  /** Whether own campaigns have shown it. */
  readonly isMeasured: boolean;
}

/**
 * The save rate that is given, else what own campaigns have shown, else a cautious guess, which says that it is one. What is given
 * or guessed is taken for known from half of it to half as much again, unless `low` and `high` are given with it.
 */
export async function knownRate(
  campaigns: Pick<CampaignStore, "campaigns">,
  given?: number,
  low?: number,
  high?: number,
): Promise<KnownRate> {
  if (given !== undefined) return { rate: withInterval(given, low, high), source: "as given", isMeasured: false };
  return (
    measuredRate(await campaigns.campaigns()) ?? {
      ...{ rate: withInterval(guessedRate), source: "a guess, until your own campaigns have shown it" },
      isMeasured: false,
    }
  );
}

function withInterval(value: number, low = value / 2, high = Math.min(1, 1.5 * value)): Rate {
  return { value, low: Math.min(value, low), high: Math.max(value, high) };
}

/** The save rate that lapse's own campaigns that have ended have shown; undefined if none has. */
export function measuredRate(campaigns: readonly StoredCampaign[]): KnownRate | undefined {
  const { saveRate: measured, rated } = overAll(endedOf(campaigns));
  if (measured === undefined) return undefined;
  const within = (value: number) => Math.min(1, Math.max(0, value));
  return {
    rate: { value: within(measured.value), low: within(measured.low), high: within(measured.high) },
    source: `from ${rated === 1 ? "one campaign" : `${rated} campaigns`}`,
    isMeasured: true,
  };
}

/** What retention campaigns keep of those who would leave is mostly a few per cent up to a third. */
const guessedRate = 0.1;

/** The campaigns whose result is recorded, with when they ended. */
export function endedOf(campaigns: readonly StoredCampaign[]) {
  return campaigns.flatMap((campaign) => {
    const { outcomes, result } = campaign;
    return result === undefined ? [] : [{ endedAt: endOf(campaign), outcomes, result }];
  });
}
