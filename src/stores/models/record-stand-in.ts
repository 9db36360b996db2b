import { evidenceOf } from "#churn/gate/evidence.ts";
import { AliasMoved } from "./failures.ts";
import { standInMover } from "./former.ts";
import type { Alias, ModelStore } from "./model-store.ts";

/**
 * Where the champion points, after a version that stands in for one that cannot be read has been put there for good, as a move
 * in the history. Of several processes one records it. Undefined as for `ModelStore.alias`. Throws as `moveAlias` does, but for
 * AliasMoved.
 */
export async function recordStandIn(
  models: Pick<ModelStore, "alias" | "moveAlias" | "manifest">,
): Promise<Alias | undefined> {
  const champion = await models.alias("champion");
  if (champion?.standsInFor === undefined) return champion;
  const { version, revision, standsInFor } = champion;
  const evidence = evidenceOf(await models.manifest(version));
  const reason = `stands in for ${standsInFor}: the last champion before it that can be read`;
  try {
    await models.moveAlias("champion", version, revision, { by: standInMover, reason, evidence });
  } catch (error) {
    if (!(error instanceof AliasMoved)) throw error;
  }
  return models.alias("champion");
}
