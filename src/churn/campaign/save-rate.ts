import type { Estimate } from "../statistics/estimate.ts";
import { normalQuantile } from "../statistics/normal.ts";
import type { OutcomeResult } from "./result.ts";

/** What a save rate is told from: one outcome with its arms. */
type Leaving = Pick<OutcomeResult, "kind" | "good" | "sizes" | "treatment" | "control">;

/**
 * 1 - t / c, with the interval of the logarithm of that ratio (Katz, Baptista, Azen and Pike 1978, method C). Undefined for
 * other outcomes than shares of which less is better, and where no one left in either arm.
 */
export function saveRateOf(leaving: Leaving, confidence = 0.95): Estimate | undefined {
  const ratio = logRatioOf(leaving);
  if (ratio === undefined) return undefined;
  const half = normalQuantile((1 + confidence) / 2) * ratio.error;
  return saveRateFrom({ ...ratio, low: ratio.value - half, high: ratio.value + half });
}

/** The save rate of the logarithm of a ratio of shares. */
export function saveRateFrom({ value, low, high, error }: Estimate): Estimate {
  return {
    value: 1 - Math.exp(value),
    low: 1 - Math.exp(high),
    high: 1 - Math.exp(low),
    error: Math.exp(value) * error,
  };
}

/**
 * The logarithm of t / c, on which save rates are pooled. Where no one left in one arm, half a user is added to each arm, who
 * left (Walter 1975, The distribution of Levin's measure of attributable risk); undefined as above.
 */
export function logRatioOf({
  kind,
  good,
  sizes,
  treatment,
  control,
}: Leaving): Pick<Estimate, "value" | "error"> | undefined {
  if (kind !== "share" || good !== "less" || Math.min(sizes.treatment, sizes.control) === 0) return undefined;
  if (treatment === 0 && control === 0) return undefined;
  const more = treatment === 0 || control === 0 ? 0.5 : 0;
  const [treated, of] = [treatment * sizes.treatment + more, sizes.treatment + more];
  const [left, ofControl] = [control * sizes.control + more, sizes.control + more];
  return {
    value: Math.log(treated / of / (left / ofControl)),
    error: Math.sqrt(Math.max(0, 1 / treated - 1 / of + 1 / left - 1 / ofControl)),
  };
}
