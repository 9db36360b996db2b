import { compareModels } from "#functions/desk/model/compare/compare-models.ts";
import type { SetCosts } from "#runtime/cost-settings.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { Stores } from "#stores/open-stores.ts";
import { describeComparison } from "./describe-comparison.ts";

/** Compares two versions in words: who moved between classes of risk, where they disagree, and which is better where. */
export async function compare(
  a: string,
  b: string,
  stores: Pick<Stores, "actions" | "ledger" | "campaigns"> & {
    readonly models: Pick<ModelStore, "manifest">;
    readonly costs: SetCosts;
  },
): Promise<string> {
  const [first, second] = [await stores.models.manifest(a), await stores.models.manifest(b)];
  return describeComparison(await compareModels(first, second, stores));
}
