import type { ModelManifest } from "#churn/model/manifest.ts";
import type { AliasName, ModelRegistry } from "./model-store.ts";

/** The manifest of the version that an alias points at; undefined where it points at none. Throws as the registry does. */
export async function manifestAt(
  name: AliasName,
  registry: Pick<ModelRegistry, "alias" | "manifest">,
): Promise<ModelManifest | undefined> {
  const alias = await registry.alias(name);
  return alias && (await registry.manifest(alias.version));
}
