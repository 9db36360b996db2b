import { adjustedDifference } from "../statistics/adjusted-difference.ts";
import { atAnyTime, lastConfidence, leastSeen } from "../statistics/any-time.ts";
import { atLeastPooled, differenceOfMeans, differenceOfShares, type Moments } from "../statistics/differences.ts";
import { type Estimate, isClear, scaled } from "../statistics/estimate.ts";
import { detectable, growthFor } from "../statistics/power.ts";
import { outcomeMoments, type Sample } from "../statistics/sample.ts";
import type { ArmSizes, MeasuredOutcome } from "./campaign.ts";
import type { OutcomeResult, Verdict } from "./result.ts";
import { saveRateOf } from "./save-rate.ts";

/**
 * Which look at a campaign: one of any number while windows are open, with how many users there will be; the last one, when all have
 * closed; or the only one, at outcomes that came all at once.
 */
export type Look = { readonly planned: number } | "last" | "only";

/**
 * What can be said of one outcome from the users whose outcome is known: of fewer than 30 in an arm, only how they fared. The
 * intervals of all looks at this outcome, the last one included, hold together with 95 %, and so does that of an only look. Those of
 * several outcomes together do not.
 */
export function judgeOutcome(outcome: MeasuredOutcome, data: Sample, look: Look): OutcomeResult {
  const confidence = look === "only" ? 0.95 : lastConfidence;
  const treated = outcomeMoments(data, true);
  const control = outcomeMoments(data, false);
  const sizes: ArmSizes = { treatment: treated.size, control: control.size };
  const arms = { sizes, treatment: treated.mean, control: control.mean };
  if (Math.min(treated.size, control.size) < leastSeen) return { ...outcome, ...arms, ...noEstimates };
  const atLook = (estimate: Estimate) =>
    typeof look === "string" ? estimate : possible(outcome, atAnyTime(estimate, data.rows, look.planned));
  const difference = atLook(unadjusted(outcome, treated, control, confidence));
  const canAdjust = isNormalEnough(outcome, treated) && isNormalEnough(outcome, control);
  const regression = canAdjust ? adjustedDifference(data, confidence) : undefined;
  const adjusted = regression && atLook(ofSkewed(outcome, regression, treated, control));
  const best = adjusted ?? difference;
  const isEnd = typeof look === "string";
  const gain = scaled(best, outcome.good === "more" ? 1 : -1);
  const verdict = verdictOn(gain);
  return {
    ...outcome,
    ...arms,
    difference,
    adjusted,
    saveRate: isEnd ? saveRateOf({ ...outcome, ...arms }, confidence) : undefined,
    gained: scaled(gain, treated.size),
    verdict,
    detectable: isEnd ? detectable(best.error, confidence) : undefined,
    more: moreNeeded(best, sizes, verdict, confidence),
  };
}

/** What is told of an outcome that too few users are known of. */
export const noEstimates = {
  difference: undefined,
  adjusted: undefined,
  saveRate: undefined,
  gained: undefined,
  verdict: "too few",
  detectable: undefined,
  more: undefined,
} as const;

/** Users of each outcome that an arm needs for a regression: its interval takes sums for normal, the other does not. */
const leastOfEach = 5;

function isNormalEnough({ kind }: MeasuredOutcome, { size, mean, variance }: Moments): boolean {
  const count = mean * size;
  return kind === "amount" ? variance > 0 : Math.min(count, size - count) >= leastOfEach - 1e-6;
}

function unadjusted({ kind }: MeasuredOutcome, treated: Moments, control: Moments, confidence: number): Estimate {
  if (kind === "amount") return atLeastPooled(differenceOfMeans(treated, control, confidence), treated, control);
  const shareOf = ({ mean, size }: Moments) => ({ count: Math.round(mean * size), of: size });
  return differenceOfShares(shareOf(treated), shareOf(control), confidence);
}

/** Amounts are skewed, and their intervals are widened for that also where they are adjusted. */
function ofSkewed({ kind }: MeasuredOutcome, estimate: Estimate, treated: Moments, control: Moments): Estimate {
  return kind === "amount" ? atLeastPooled(estimate, treated, control) : estimate;
}

/** Shares differ by at most 1. */
function possible({ kind }: MeasuredOutcome, estimate: Estimate): Estimate {
  if (kind === "amount") return estimate;
  return { ...estimate, low: Math.max(-1, estimate.low), high: Math.min(1, estimate.high) };
}

function verdictOn(gain: Estimate): Verdict {
  if (!isClear(gain)) return "open";
  return gain.value > 0 ? "better" : "worse";
}

function moreNeeded(
  { value, error }: Estimate,
  sizes: ArmSizes,
  verdict: Verdict,
  confidence: number,
): ArmSizes | undefined {
  if (verdict === "better" || verdict === "worse" || value === 0) return undefined;
  const growth = growthFor(value, error, confidence) - 1;
  return growth <= 0
    ? undefined
    : { treatment: Math.ceil(sizes.treatment * growth), control: Math.ceil(sizes.control * growth) };
}
