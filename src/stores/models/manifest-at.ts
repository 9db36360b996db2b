import type { ModelManifest } from "#churn/model/manifest.ts";
import type { AliasName, ModelStore } from "./model-store.ts";
import { isUnreadable } from "./readable.ts";

/** The manifest of the version that an alias points at; undefined if it was never set. Throws as ModelStore does. */
export async function manifestAt(
  name: AliasName,
  store: Pick<ModelStore, "alias" | "manifest">,
): Promise<ModelManifest | undefined> {
  const alias = await store.alias(name);
  return alias && (await store.manifest(alias.version));
}

/**
 * The challenger's manifest; undefined where there is none, and where it cannot be read: what serves must not depend on
 * a version that does not.
 */
export async function readableChallenger(
  store: Pick<ModelStore, "alias" | "manifest">,
): Promise<ModelManifest | undefined> {
  try {
    return await manifestAt("challenger", store);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
