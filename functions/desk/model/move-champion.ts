import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { evidenceOf } from "#churn/gate/evidence.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { formerVersions, standInMover } from "#stores/models/former.ts";
import type { Alias, ModelStore } from "#stores/models/model-store.ts";
import { isUnreadable } from "#stores/models/readable.ts";
import { recordStandIn } from "#stores/models/record-stand-in.ts";

/** Why a version is put into service, in a person's words, by whatever entrance. */
export const reasonSchema = z
  .string()
  .trim()
  .min(3, "takes a reason, in three letters at least")
  .max(1_000)
  .describe("Why; it is recorded with who does it.");

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

/**
 * Puts the version before the champion back into service: where the champion stands in for a damaged one, the version before that which
 * serves. Throws InvalidInput if there is none, CorruptModel as above; then nothing has moved.
 */
export async function rollBack({ by, reason = "rolled back" }: Mover, models: ModelStore): Promise<Alias> {
  const target = await versionBefore(models);
  if (target === undefined)
    throw new InvalidInput(
      "There is no version before the champion to roll back to: put one into service by its name.",
    );
  const evidence = evidenceOf((await models.model(target)).manifest);
  const champion = await recordStandIn(models);
  return models.moveAlias("champion", target, champion?.revision, { by, reason, evidence });
}

/** The version that a roll-back leads to; undefined if there is none. */
export async function versionBefore(models: ModelStore): Promise<string | undefined> {
  const [champion, history] = await Promise.all([models.alias("champion"), models.history()]);
  if (champion === undefined) return undefined;
  const last = history.find(({ alias }) => alias === "champion");
  if (champion.standsInFor === undefined && last?.by !== standInMover) return champion.previous;
  // The one before is damaged, or was when another took its place.
  for (const version of formerVersions("champion", history))
    if (version !== champion.version && (await isReadable(version, models))) return version;
  return undefined;
}

async function isReadable(version: string, models: ModelStore): Promise<boolean> {
  try {
    await models.model(version);
    return true;
  } catch (error) {
    if (isUnreadable(error)) return false;
    throw error;
  }
}

/** A reason that overrules training keeps what it overrules. */
function reasonFor({ decision }: ModelManifest, reason: string | undefined): string {
  if (decision.promoted) return reason ?? "promoted by hand";
  return `${reason} (overrules training: ${decision.reason})`;
}
