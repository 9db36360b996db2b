import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";

/** Whether the control share of an experiment that was run elsewhere is just that of its arms: then it cannot tell whether they are off. */
export function isAsItCameOut({ restDays, controlShare, sizes: { treatment, control } }: StoredCampaign): boolean {
  return restDays === undefined && controlShare === control / (treatment + control);
}

export const sizesUnchecked =
  "The control share is as it came out, so the sizes of the arms are not checked: the import takes the share that was meant as --control-share.";
