import type { Estimate } from "./estimate.ts";

/**
 * The interval of an estimate that is looked at again and again while outcomes arrive: with a probability of 99.5 %, it holds
 * the truth at every look before the last. `seen` of the `planned` outcomes are known. It is the asymptotic confidence sequence of
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021, Time-uniform central limit theory and asymptotic confidence
 * sequences, theorem 2.2), of means of influence functions, to which differences of means and regression-adjusted ones
 * belong (their section 3), here by their standard error. It is narrowest, by their equation for ρ, around the planned number: some 1.9
 * times as wide there as the interval for one look.
 */
export function atAnyTime(
  { value, error }: Pick<Estimate, "value" | "error">,
  seen: number,
  planned: number,
): Estimate {
  const half = error * boundary(seen / planned);
  return { value, low: value - half, high: value + half, error };
}

/** Outcomes of each arm before which the approximation by a normal distribution is not relied on. */
export const leastSeen = 30;

/**
 * Of the 5 of 100 campaigns that may err, one in ten is left to all looks while outcomes arrive, and the others to the last look: as
 * both together err at most as often as the sum (Bonferroni), the intervals of all looks and of the last hold together with 95 %.
 * Most of it is for the last, whose interval is so only 2 % wider than if no one had looked before (as Haybittle 1971 and Peto 1976 have it).
 */
const alpha = 0.005;

/** Of the interval at the last look, when there were others before. */
export const lastConfidence = 1 - (0.05 - alpha);

/** Half the width of the interval in standard errors; `share` is the known share of the outcomes. */
function boundary(share: number): number {
  // t ρ² at the share, with ρ² = best / planned.
  const best = -2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1);
  const v = best * share;
  return Math.sqrt(((2 * (v + 1)) / v) * Math.log(Math.sqrt(v + 1) / alpha));
}
