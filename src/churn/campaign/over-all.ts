import { type Estimate, isClear } from "../statistics/estimate.ts";
import { normalQuantile } from "../statistics/normal.ts";
import { pooled, sumOf } from "../statistics/pooled.ts";
import type { CampaignResult, OutcomeResult } from "./result.ts";
import { logRatioOf, saveRateFrom } from "./save-rate.ts";

/** What all campaigns did together. */
export interface OverAll {
  /** By the UTC month in which the campaigns ended, such as 2026-03, in ascending order. */
  readonly months: readonly MonthOfCampaigns[];
  readonly kept: Estimate;
  /** What users were worth more; undefined where no campaign tells. */
  readonly value: Estimate | undefined;
  /** The share of leaving that a contact prevents, over lapse's own campaigns that tell; to plan the next with. */
  readonly saveRate: Estimate | undefined;
  /** How many campaigns tell it. */
  readonly rated: number;
  /** How many have ended of which too few users are known to tell anything: they count for nothing here. */
  readonly tooFew: number;
}

export interface MonthOfCampaigns {
  readonly month: string;
  readonly campaigns: number;
  readonly treated: number;
  /** Users who stayed because of the campaigns. */
  readonly kept: Estimate;
  /** What users of these campaigns were worth more, within their windows; undefined where none tells. */
  readonly value: Estimate | undefined;
  /** Whether the number kept can be told from none. */
  readonly isClear: boolean;
}

/** A campaign that has ended, with its result. */
export interface EndedCampaign {
  /** In milliseconds since the epoch. */
  readonly endedAt: number;
  /** Whether who left was read from the actions; otherwise the outcomes came with a file, and may be of anything. */
  readonly isOwn: boolean;
  readonly result: CampaignResult;
}

/**
 * Adds up campaigns whose windows have closed, by the outcome that counts users who left, or else by one of which more is
 * better, such as those who stayed. Their errors are independent, as no user is in two campaigns at once.
 */
export function overAll(campaigns: readonly EndedCampaign[]): OverAll {
  const told = campaigns.flatMap(({ endedAt, isOwn, result }) => {
    const outcome = leavingIn(result);
    if (outcome?.gained === undefined) return [];
    const value = isOwn ? result.outcomes.find(({ name, kind }) => name === "value" && kind === "amount") : undefined;
    const ratio = isOwn ? logRatioOf(outcome) : undefined;
    return [
      {
        month: new Date(endedAt).toISOString().slice(0, 7),
        kept: withError(outcome.gained),
        value: value?.gained,
        ratio: ratio !== undefined && ratio.error > 0 ? ratio : undefined,
        treated: outcome.sizes.treatment,
      },
    ];
  });
  const months = [...new Set(told.map(({ month }) => month))].sort();
  const ratios = told.flatMap(({ ratio }) => ratio ?? []);
  const ratio = pooled(ratios);
  return {
    months: months.map((month) => {
      const own = told.filter((one) => one.month === month);
      const kept = sumOf(own.map((one) => one.kept));
      const treated = own.reduce((sum, one) => sum + one.treated, 0);
      return { month, campaigns: own.length, treated, kept, value: valueGained(own), isClear: isClear(kept) };
    }),
    kept: sumOf(told.map((one) => one.kept)),
    value: valueGained(told),
    saveRate: ratio && saveRateFrom(ratio),
    rated: ratios.length,
    tooFew: campaigns.filter(({ result }) => leavingIn(result)?.verdict === "too few").length,
  };
}

/** The outcome that counts users who left, or else one of which more is better. */
function leavingIn({ outcomes }: CampaignResult): OutcomeResult | undefined {
  const shares = outcomes.filter(({ kind }) => kind === "share");
  return shares.find(({ good }) => good === "less") ?? shares[0];
}

function valueGained(told: readonly { readonly value: Estimate | undefined }[]): Estimate | undefined {
  const known = told.flatMap(({ value }) => value ?? []);
  return known.length === 0 ? undefined : sumOf(known);
}

/** Earlier results of arms of which none or all left were recorded with an error of 0, but with an interval. */
function withError(estimate: Estimate): Estimate {
  if (estimate.error > 0) return estimate;
  return { ...estimate, error: (estimate.high - estimate.low) / (2 * normalQuantile(0.975)) };
}
