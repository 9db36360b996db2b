import { InvalidInput } from "#churn/failure.ts";
import type { Alias, ModelStore } from "#stores/models/model-store.ts";

/** Puts a version into service, even if training decided against it. Throws VersionNotFound, or AliasMoved if someone else was faster. */
export async function promote(version: string, models: ModelStore): Promise<Alias> {
  const champion = await models.alias("champion");
  if (champion?.version === version) return champion;
  return models.moveAlias("champion", version, champion?.revision);
}

/** Puts the version before the champion back into service. Throws InvalidInput if there is none. */
export async function rollBack(models: ModelStore): Promise<Alias> {
  const champion = await models.alias("champion");
  if (champion?.previous === undefined)
    throw new InvalidInput(
      "There is no version before the champion to roll back to. Name one with lapse models promote VERSION.",
    );
  return models.moveAlias("champion", champion.previous, champion.revision);
}
