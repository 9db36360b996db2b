import { goodnessOfFit } from "../statistics/chi-square.ts";
import type { Moments } from "../statistics/differences.ts";
import type { ArmSizes, Campaign } from "./campaign.ts";

/** How alike the arms are that chance has made. */
export interface Balance {
  /** The p value of the χ² test that users were divided by the control share. */
  readonly sizes: number;
  /** Whether the sizes cannot be chance: users were lost or added on the way, and no result can be trusted. */
  readonly isMismatch: boolean;
  readonly covariates: readonly CovariateBalance[];
}

export interface CovariateBalance {
  readonly name: string;
  readonly treatment: number;
  readonly control: number;
  /** Treatment minus control, in standard deviations. */
  readonly difference: number;
  /** Whether that is large, and more than chance explains. */
  readonly isOff: boolean;
}

/** As large a mismatch comes by chance in one of 1000 campaigns (Fabijan et al. 2019, Diagnosing sample ratio mismatch). */
const mismatchAt = 0.001;
/** Of a standardised difference (Austin 2009, Balance diagnostics for comparing the distribution of baseline covariates). */
const largeDifference = 0.1;

/** Compares the arms by what was known of the users before. */
export function balanceOf(
  { controlShare }: Pick<Campaign, "controlShare">,
  sizes: ArmSizes,
  covariates: readonly { readonly name: string; readonly treatment: Moments; readonly control: Moments }[],
): Balance {
  const p = goodnessOfFit([sizes.treatment, sizes.control], [1 - controlShare, controlShare]);
  return {
    sizes: p,
    isMismatch: p < mismatchAt,
    covariates: covariates.map(({ name, treatment, control }) => {
      const deviation = Math.sqrt((treatment.variance + control.variance) / 2);
      const difference = deviation === 0 ? 0 : (treatment.mean - control.mean) / deviation;
      const chance = Math.sqrt(1 / treatment.size + 1 / control.size);
      const isOff = Math.abs(difference) > largeDifference && Math.abs(difference) > 3 * chance;
      return { name, treatment: treatment.mean, control: control.mean, difference, isOff };
    }),
  };
}
