import { formatCounted } from "#pages/format.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";

/**
 * That a list ended because no more can be contacted, in a sentence that may name what says how many; undefined where it did not, or that
 * was not recorded.
 */
export function endedAtCapacity(
  { isCapped, sizes }: Pick<StoredCampaign, "isCapped" | "sizes">,
  setBy?: string,
): string | undefined {
  if (isCapped !== true) return undefined;
  const by = setBy === undefined ? "" : ` (${setBy})`;
  return `The list ended at the capacity of ${formatCounted(sizes.treatment, "contact")}${by}, though more users fit.`;
}
