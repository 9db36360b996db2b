import { type Estimate, isClear } from "../statistics/estimate.ts";
import { normalQuantile } from "../statistics/normal.ts";
import { pooled, sumOf } from "../statistics/pooled.ts";
import { type Campaign, isOwn } from "./campaign.ts";
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
  /** How many have ended whose outcomes came with a file: they may be of anything, and count for nothing here. */
  readonly imported: number;
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
export interface EndedCampaign extends Pick<Campaign, "outcomes"> {
  /** In milliseconds since the epoch. */
  readonly endedAt: number;
  readonly result: CampaignResult;
}

/**
 * Adds up campaigns whose windows have closed and of which the actions told who left. Their errors are taken for
 * independent: no user is in two of lapse's own at once, though one may be in experiments that were run elsewhere.
 */
export function overAll(campaigns: readonly EndedCampaign[]): OverAll {
  const own = campaigns.filter(isOwn);
  const told = own.flatMap(({ endedAt, result }) => {
    const outcome = leavingIn(result);
    if (outcome?.gained === undefined) return [];
    const value = result.outcomes.find(({ name, kind }) => name === "value" && kind === "amount");
    const ratio = logRatioOf(outcome);
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
      const ended = told.filter((one) => one.month === month);
      const kept = sumOf(ended.map((one) => one.kept));
      const treated = ended.reduce((sum, one) => sum + one.treated, 0);
      return { month, campaigns: ended.length, treated, kept, value: valueGained(ended), isClear: isClear(kept) };
    }),
    kept: sumOf(told.map((one) => one.kept)),
    value: valueGained(told),
    saveRate: ratio && saveRateFrom(ratio),
    rated: ratios.length,
    tooFew: own.filter(({ result }) => leavingIn(result)?.verdict === "too few").length,
    imported: campaigns.length - own.length,
  };
}

/** Users who stayed because of one campaign; undefined where nothing tells, as where the outcomes came with a file. */
export function keptBy(
  campaign: Pick<Campaign, "outcomes"> & { readonly result?: CampaignResult | undefined },
): Estimate | undefined {
  return isOwn(campaign) && campaign.result !== undefined ? leavingIn(campaign.result)?.gained : undefined;
}

/** The outcome that counts users who left. */
function leavingIn({ outcomes }: CampaignResult): OutcomeResult | undefined {
  return outcomes.find(({ kind, good }) => kind === "share" && good === "less");
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
