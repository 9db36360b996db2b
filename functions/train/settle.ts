import type { ModelManifest } from "#churn/model/manifest.ts";
import { AliasMoved } from "#stores/models/failures.ts";
import type { Alias, AliasName, ModelStore } from "#stores/models/model-store.ts";

/**
 * Moves the aliases as a published version's decision says, and answers whether it is the champion. It becomes so only
 * while the champion is still the one that it was compared with; otherwise, as when it was refused, it is the
 * challenger, for people to look at. Safe to repeat.
 */
export async function settle(manifest: ModelManifest, models: ModelStore): Promise<boolean> {
  const { version, decision } = manifest;
  const champion = await models.alias("champion");
  if (champion?.version === version) return true;
  if (decision.promoted && isOpen(champion, manifest) && (await move("champion", version, champion, models)))
    return true;
  await move("challenger", version, await models.alias("challenger"), models);
  return false;
}

/** A version that was champion already and was rolled back (the one before this champion) is not put back. */
function isOpen(champion: Alias | undefined, { version, decision }: ModelManifest): boolean {
  return (champion?.version ?? null) === decision.champion && champion?.previous !== version;
}

/** Returns false when somebody else moved the alias at the same moment. */
async function move(name: AliasName, version: string, at: Alias | undefined, models: ModelStore): Promise<boolean> {
  if (at?.version === version) return true;
  try {
    await models.moveAlias(name, version, at?.revision);
    return true;
  } catch (error) {
    if (error instanceof AliasMoved) return false;
    throw error;
  }
}
