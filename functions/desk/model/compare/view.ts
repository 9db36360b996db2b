import { InvalidInput } from "#churn/failure.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { DeskServices } from "../../services.ts";
import { everyone, type Sample, sampleWhileWaiting } from "../sample.ts";
import { compareModels, type ModelComparison } from "./compare-models.ts";

/** What the page that compares two versions shows. */
export interface ComparisonView {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  readonly a: ModelManifest;
  readonly b: ModelManifest;
  /** By the users of a sample, or why that cannot be. */
  readonly byUser: ModelComparison | string;
  /** What is typed to call the program `lapse`. */
  readonly calledAs: string;
}

/** Of a sample of users, as someone waits; `lapse models compare` reads all. Throws VersionNotFound. */
export async function comparisonView(
  a: string,
  b: string,
  reader: string | undefined,
  services: Pick<DeskServices, "actions" | "features" | "ledger" | "models" | "campaigns" | "costs" | "calledAs">,
): Promise<ComparisonView> {
  const { models } = services;
  const [first, second] = await Promise.all([models.manifest(a), models.manifest(b)]);
  const byUser = await compareModels(first, second, services, await sampleOfNow(first, services)).catch(
    (error: unknown) => {
      // They predict different things, the log is empty, or a feature is no longer computed.
      if (error instanceof InvalidInput) return error.publicMessage;
      throw error;
    },
  );
  return { reader, a: first, b: second, byUser, calledAs: services.calledAs };
}

async function sampleOfNow(
  { definition }: ModelManifest,
  { actions, features }: Pick<DeskServices, "actions" | "features">,
): Promise<Sample> {
  const [extent, set] = await Promise.all([actions.extent(definition.churn.passive), features.currentSet()]);
  if (extent === undefined) return everyone;
  const here = set === undefined ? extent.users : (await features.countUsers(set.id)).here;
  return sampleWhileWaiting(here, extent.users);
}
