import { type Estimate, isClear } from "../statistics/estimate.ts";
import { normalQuantile } from "../statistics/normal.ts";
import { pooled, sumOf } from "../statistics/pooled.ts";
import type { CampaignResult } from "./result.ts";

/** What all campaigns did together. */
export interface OverAll {
  /** By the UTC month in which the campaigns ended, such as 2026-03, in ascending order. */
  readonly months: readonly MonthOfCampaigns[];
  readonly kept: Estimate;
  /** The share of leaving that a contact prevents, over all campaigns that tell; to plan the next with. */
  readonly saveRate: Estimate | undefined;
}

export interface MonthOfCampaigns {
  readonly month: string;
  readonly campaigns: number;
  readonly treated: number;
  /** Users who stayed because of the campaigns. */
  readonly kept: Estimate;
  /** Whether that can be told from none. */
  readonly isClear: boolean;
}

/** A campaign that has ended, with its result. */
export interface EndedCampaign {
  /** In milliseconds since the epoch. */
  readonly endedAt: number;
  readonly result: CampaignResult;
}

/**
 * Adds up campaigns whose windows have closed, by the outcome that counts users who left. Their errors are independent, as
 * no user is in two campaigns at once.
 */
export function overAll(campaigns: readonly EndedCampaign[]): OverAll {
  const told = campaigns.flatMap(({ endedAt, result }) => {
    const outcome = result.outcomes.find(({ kind, good }) => kind === "share" && good === "less");
    if (outcome?.gained === undefined) return [];
    const { saveRate, sizes } = outcome;
    const gained = withError(outcome.gained);
    return [{ month: new Date(endedAt).toISOString().slice(0, 7), gained, saveRate, treated: sizes.treatment }];
  });
  const months = [...new Set(told.map(({ month }) => month))].sort();
  return {
    months: months.map((month) => {
      const own = told.filter((one) => one.month === month);
      const kept = sumOf(own.map(({ gained }) => gained));
      const treated = own.reduce((sum, one) => sum + one.treated, 0);
      return { month, campaigns: own.length, treated, kept, isClear: isClear(kept) };
    }),
    kept: sumOf(told.map(({ gained }) => gained)),
    saveRate: pooled(told.flatMap(({ saveRate }) => saveRate ?? [])),
  };
}

/** Earlier results of arms of which none or all left were recorded with an error of 0, but with an interval. */
function withError(estimate: Estimate): Estimate {
  if (estimate.error > 0) return estimate;
  return { ...estimate, error: (estimate.high - estimate.low) / (2 * normalQuantile(0.975)) };
}
