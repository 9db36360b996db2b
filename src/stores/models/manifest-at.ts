import type { ModelManifest } from "#churn/model/manifest.ts";
import type { AliasName, ModelStore } from "./model-store.ts";

/** The manifest of the version that an alias points at; undefined if it was never set. Throws as ModelStore does. */
export async function manifestAt(
  name: AliasName,
  store: Pick<ModelStore, "alias" | "manifest">,
): Promise<ModelManifest | undefined> {
  const alias = await store.alias(name);
  return alias && (await store.manifest(alias.version));
}
