import { InvalidInput } from "#churn/failure.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { DeskServices } from "../../services.ts";
import { mostWhileWaiting } from "../sample.ts";
import { compareModels, type ModelComparison } from "./compare-models.ts";

/** What the page that compares two versions shows. */
export interface ComparisonView {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  readonly a: ModelManifest;
  readonly b: ModelManifest;
  /** By the users of a sample, or why that cannot be. */
  readonly byUser: ModelComparison | string;
}

/** Of a sample of users, as someone waits; `lapse models compare` reads all. Throws VersionNotFound. */
export async function comparisonView(
  a: string,
  b: string,
  reader: string | undefined,
  services: Pick<DeskServices, "actions" | "ledger" | "models" | "campaigns" | "costs">,
): Promise<ComparisonView> {
  const { models } = services;
  const [first, second] = await Promise.all([models.manifest(a), models.manifest(b)]);
  const byUser = await compareModels(first, second, services, mostWhileWaiting).catch((error: unknown) => {
    // They predict different things, the log is empty, or a feature is no longer computed.
    if (error instanceof InvalidInput) return error.publicMessage;
    throw error;
  });
  return { reader, a: first, b: second, byUser };
}
