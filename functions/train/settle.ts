import { evidenceOf } from "#churn/gate/evidence.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { AliasMoved } from "#stores/models/failures.ts";
import type { Alias, AliasName, ModelStore } from "#stores/models/model-store.ts";
import { readableManifest } from "#stores/models/readable.ts";

/**
 * Moves the aliases as a published version's decision says, and returns whether it is the champion. It becomes so only
 * while the champion is still the one that it was compared with; otherwise, as when it was refused, it becomes the
 * challenger, for people to look at, unless a newer version is that already. Each move is recorded with the decision's reason
 * and numbers. Safe to repeat, however late.
 */
export async function settle(manifest: ModelManifest, models: ModelStore): Promise<boolean> {
  const { version, decision } = manifest;
  const champion = await models.alias("champion");
  if (champion?.version === version) return true;
  // A version that was champion before gave way to a better one or to a person: only a person puts it back.
  const served = (await models.history()).some(({ alias, to }) => alias === "champion" && to === version);
  const isOpen = (champion?.version ?? null) === decision.champion;
  if (decision.promoted && isOpen && !served && (await move("champion", manifest, champion, models))) return true;
  const challenger = await models.alias("challenger");
  if (!served && (challenger === undefined || (await isNewer(manifest, challenger.version, models))))
    await move("challenger", manifest, challenger, models);
  return false;
}

/** Whether a version was made after another, whatever their names; so is any after one that cannot be read. */
async function isNewer({ version, created }: ModelManifest, other: string, models: ModelStore): Promise<boolean> {
  const present = await readableManifest(other, models);
  if (present === undefined) return true;
  const after = Date.parse(created) - Date.parse(present.created);
  return after > 0 || (after === 0 && version > other);
}

/** Returns false when somebody else moved the alias at the same moment. */
async function move(
  name: AliasName,
  manifest: ModelManifest,
  at: Alias | undefined,
  models: ModelStore,
): Promise<boolean> {
  const { version, decision } = manifest;
  if (at?.version === version) return true;
  try {
    const note = { by: "train", reason: decision.reason, evidence: evidenceOf(manifest) };
    await models.moveAlias(name, version, at?.revision, note);
    return true;
  } catch (error) {
    if (error instanceof AliasMoved) return false;
    throw error;
  }
}
