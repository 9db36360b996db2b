import { isSameOutcome } from "#churn/definition.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { DeskServices } from "../../services.ts";
import { compareModels, type ModelComparison } from "./compare-models.ts";

/** What the page that compares two versions shows. */
export interface ComparisonView {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  readonly a: ModelManifest;
  readonly b: ModelManifest;
  /** By the users of a sample; undefined where the two predict different things, or there are no actions. */
  readonly byUser: ModelComparison | undefined;
}

/** Users whose histories are read while someone waits: a second or two. `lapse models compare` reads all. */
const mostUsers = 3_000;

/** Throws VersionNotFound. */
export async function comparisonView(
  a: string,
  b: string,
  reader: string | undefined,
  services: Pick<DeskServices, "actions" | "ledger" | "models">,
): Promise<ComparisonView> {
  const { models, actions } = services;
  const [first, second] = await Promise.all([models.manifest(a), models.manifest(b)]);
  const { churn } = first.definition;
  const isComparable = isSameOutcome(churn, second.definition.churn) && (await actions.extent(churn.passive));
  const byUser = isComparable ? await compareModels(first, second, services, mostUsers) : undefined;
  return { reader, a: first, b: second, byUser };
}
