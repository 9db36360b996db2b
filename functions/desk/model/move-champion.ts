import { InvalidInput } from "#churn/failure.ts";
import { evidenceOf } from "#churn/gate/evidence.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Alias, ModelStore } from "#stores/models/model-store.ts";
import { recordStandIn } from "#stores/models/record-stand-in.ts";

/** A person who moves the champion. */
export interface Mover {
  readonly by: string;
  /** Why, in the person's words. */
  readonly reason: string | undefined;
}

/**
 * Puts a version into service, even if training decided against it, which takes a reason. Throws VersionNotFound,
 * CorruptModel if its files are damaged, InvalidInput without that reason, or AliasMoved if someone else was faster.
 */
export async function promote(version: string, { by, reason }: Mover, models: ModelStore): Promise<Alias> {
  const { manifest } = await models.model(version);
  const current = await models.alias("champion");
  // A version that stands in for a damaged one is chosen by it.
  if (current?.version === version && current.standsInFor === undefined) return current;
  const champion = current?.version === version ? current : await recordStandIn(models);
  if (reason === undefined && !manifest.decision.promoted)
    throw new InvalidInput(
      `Training decided against ${version}: ${manifest.decision.reason}. To put it into service nevertheless, say why: --reason TEXT. It is recorded.`,
    );
  const note = { by, reason: reasonFor(manifest, reason), evidence: evidenceOf(manifest) };
  return models.moveAlias("champion", version, champion?.revision, note);
}

/** Puts the version before the champion back into service. Throws InvalidInput if there is none, CorruptModel as above. */
export async function rollBack({ by, reason = "rolled back" }: Mover, models: ModelStore): Promise<Alias> {
  const champion = await recordStandIn(models);
  if (champion?.previous === undefined)
    throw new InvalidInput(
      "There is no version before the champion to roll back to. Name one with lapse models promote VERSION.",
    );
  const evidence = evidenceOf((await models.model(champion.previous)).manifest);
  return models.moveAlias("champion", champion.previous, champion.revision, { by, reason, evidence });
}

/** A reason that overrules training keeps what it overrules. */
function reasonFor({ decision }: ModelManifest, reason: string | undefined): string {
  if (decision.promoted) return reason ?? "promoted by hand";
  return `${reason} (overrules training: ${decision.reason})`;
}
